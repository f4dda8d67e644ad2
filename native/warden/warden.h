/* The warden: starts processes inside sandboxes straight in their tool call's cgroup, and holds the lifeline.
 *
 *   warden serve SOCKET STATE_FOLDER WORK_FOLDER CGROUP_FOLDER...   supervisor, one for each aurelian process
 *   warden init LIFELINE                                            pid 1 of every sandbox
 *
 * A request is one message on SOCKET (SOCK_SEQPACKET): one byte of operation, and descriptors. The first descriptor is
 * a socket for the replies, the second a memfd with NUL-terminated strings. Every request is worked off by a child of
 * its own, so the supervisor never waits for anything but the next message.
 */
#ifndef WARDEN_H
#define WARDEN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum operation {
    OPERATION_MOUNT = 'M',
    OPERATION_UNMOUNT = 'U',
    OPERATION_RUN = 'R',
    OPERATION_EXEC = 'X',
    OPERATION_NURSERY = 'N',
    OPERATION_BUILD = 'B',
    OPERATION_ENTER = 'E', /* as EXEC, by the runtime's own exec: of a runtime whose sandboxes nobody else can enter */
};

enum reply_kind {
    REPLY_DONE = 1,    /* value: an exit status as of waitpid, or 0 */
    REPLY_STARTED = 2, /* pid: of the call's first process, as seen from the host */
    REPLY_EXITED = 3,  /* value: status as of waitpid */
    REPLY_REFUSED = 4, /* pid, value: system call number, arguments */
    REPLY_FAILED = 5,  /* value: errno; arguments[0]: the stage in which it happened */
    REPLY_LOST = 6,    /* value: refusals that were answered and not told, because nobody read fast enough */
    REPLY_DRAINED = 7, /* what was refused before aurelian sent a byte on the replies' socket has been told */
};

enum stage {
    STAGE_REQUEST = 1,
    STAGE_MOUNT = 2,
    STAGE_CGROUP = 3,
    STAGE_NAMESPACE = 4,
    STAGE_CLONE = 5,
    STAGE_IDENTITY = 6,
    STAGE_LANDLOCK = 7,
    STAGE_SECCOMP = 8,
    STAGE_FOLDER = 9,
    STAGE_EXECUTE = 10,
};

struct reply {
    uint32_t kind;
    int32_t pid;
    uint64_t stamp; /* CLOCK_MONOTONIC, nanoseconds */
    int64_t value;
    uint64_t arguments[6];
};

#define DESCRIPTORS_MAX 8
#define PATH_LENGTH_MAX 4096

struct request {
    char operation;
    int descriptors[DESCRIPTORS_MAX];
    int descriptor_count;
    /* The body: NUL-terminated strings, read in order. */
    char *body;
    size_t length;
    size_t at;
};

uint64_t now_ns(void);
int write_text(const char *path, const char *text);
void tell(int socket, struct reply reply);
_Noreturn void fail(int socket, enum stage stage);

/* Requests (request.c) */
int receive_request(int socket, struct request *request);
int open_body(struct request *request);
const char *next_text(struct request *request);
long next_number(struct request *request);

/* Whose requests: the supervisor's, or a nursery's, which only starts what lives in its sandbox. */
enum place {
    IN_SUPERVISOR,
    IN_NURSERY,
};
#define ARGUMENTS_MAX 63 /* of a program of the host's */
int read_arguments(struct request *request, char **arguments);

int serve(int argc, char **argv);
void take_requests(int socket, enum place place);
_Noreturn void keep_nursery(struct request *request);
int keep(int argc, char **argv);
void end_sandboxes(int folder_count, char **folders, const char *state, const char *work);
_Noreturn void execute_call(struct request *request);
_Noreturn void build_sandbox(struct request *request);

/* What a sandbox's processes are, pid 1 and calls alike (exec.c) */
struct sock_fprog;
int read_filter(int file, struct sock_fprog *filter);
void become_user(int replies, uid_t user, gid_t group, rlim_t files_max);

_Noreturn void enter_call(struct request *request);
void answer_refusals(int listener, int replies, int first, int first_descriptor);

#endif
