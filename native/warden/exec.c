/* One tool call: its first process is born in the call's cgroup, inside the sandbox, with the rights of runc's own.
 *
 * The helper (this process) stays outside the sandbox, waits for the first process and answers what the seccomp filter
 * refuses, for as long as anything of the call lives or aurelian listens.
 */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILTER_LENGTH_MAX 4096 /* the kernel's own maximum, in instructions */

struct call {
    int replies;
    int init;                    /* pidfd of the sandbox's pid 1 */
    int cgroup;                  /* the call's folder in cgroup2 */
    uid_t user;
    gid_t group;
    rlim_t files_max;
    const char *memory_score;    /* whom the kernel ends first when memory runs out */
    const char *folder;
    char **arguments;
    char **environment;
    struct sock_fprog filter;
};

static char **next_list(struct request *request)
{
    long count = next_number(request);
    if (count < 0 || count > 1000000)
        return NULL;
    char **list = calloc((size_t)count + 1, sizeof *list);
    for (long index = 0; list && index < count; index++)
        list[index] = (char *)next_text(request);
    return list;
}

int read_filter(int file, struct sock_fprog *filter)
{
    static struct sock_filter instructions[FILTER_LENGTH_MAX];
    ssize_t got = pread(file, instructions, sizeof instructions, 0);
    if (got <= 0 || got % (ssize_t)sizeof *instructions != 0)
        return -1;
    filter->filter = instructions;
    filter->len = (unsigned short)((size_t)got / sizeof *instructions);
    return 0;
}

/* Body: cgroup2 folder, uid, gid, open files, out-of-memory score, folder, argc, argv, envc, env. Descriptors:
 * replies, body, 0, 1, 2, seccomp program, pidfd of init: its number may be another's by now, and its namespaces then
 * the host's. The v1 cgroups are those of our parent, the nursery. */
static void read_call(struct request *request, struct call *call)
{
    call->replies = request->descriptors[0];
    if (request->descriptor_count != 7) {
        errno = EINVAL;
        fail(call->replies, STAGE_REQUEST);
    }
    call->init = request->descriptors[6];
    call->cgroup = open(next_text(request), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (call->cgroup < 0)
        fail(call->replies, STAGE_CGROUP);
    call->user = (uid_t)next_number(request);
    call->group = (gid_t)next_number(request);
    call->files_max = (rlim_t)next_number(request);
    call->memory_score = next_text(request);
    call->folder = next_text(request);
    call->arguments = next_list(request);
    call->environment = next_list(request);
    if (!call->arguments || !call->arguments[0] || !call->environment || call->user == 0
        || read_filter(request->descriptors[5], &call->filter) != 0) {
        errno = EINVAL;
        fail(call->replies, STAGE_REQUEST);
    }
}

static void drop_capabilities(int replies)
{
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (prctl(PR_CAPBSET_DROP, capability) != 0)
            fail(replies, STAGE_IDENTITY);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

void become_user(int replies, uid_t user, gid_t group, rlim_t files_max)
{
    /* At a core limit of 1 the kernel starts no crash handler; at 0 it does: as root, outside every sandbox, on what
     * the sandbox says. The profile answers whoever wants to change it that it is done. */
    struct rlimit files = { files_max, files_max }, core = { 1, 1 };
    if (setrlimit(RLIMIT_CORE, &core) != 0 || setrlimit(RLIMIT_NOFILE, &files) != 0)
        fail(replies, STAGE_IDENTITY);
    drop_capabilities(replies);
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0)
        fail(replies, STAGE_IDENTITY);
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail(replies, STAGE_IDENTITY);
    umask(022);
}

/* A program may open its streams again by name (/dev/stderr), so the pipes belong to it, as runc has it. What is no
 * pipe
 * of ours need not be given away. */
static void own_streams(const struct call *call)
{
    for (int index = 0; index < 3; index++)
        if (fchown(index, call->user, call->group) != 0 && errno != EPERM && errno != EROFS && errno != EINVAL)
            fail(call->replies, STAGE_IDENTITY);
}

/* A Landlock domain of the call's own that forbids no file: the kernel then refuses ptrace, process_vm_* and
 * /proc/PID/mem from one call to another, and allows them to a debugger inside one call. */
static void enter_domain(int replies)
{
    enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, PATH_BENEATH = 1 };
    const uint64_t execute = 1u << 0, refer = 1u << 13; /* REFER is denied by every domain that does not allow it */
    long version = syscall(CREATE_RULESET, NULL, 0, 1);
    if (version < 1)
        return; /* The profile refuses ptrace itself then: SeccompProfile asks the same question. */
    uint64_t handled[] = { execute | (version >= 2 ? refer : 0) };
    int ruleset = (int)syscall(CREATE_RULESET, handled, sizeof handled, 0);
    struct __attribute__((packed)) {
        uint64_t allowed;
        int32_t parent;
    } everywhere = { handled[0], open("/", O_PATH | O_CLOEXEC) };
    if (ruleset < 0 || everywhere.parent < 0 || syscall(ADD_RULE, ruleset, PATH_BENEATH, &everywhere, 0) != 0
        || syscall(RESTRICT_SELF, ruleset, 0) != 0)
        fail(replies, STAGE_LANDLOCK);
    close(ruleset);
    close(everywhere.parent);
}

static int install_filter(const struct call *call)
{
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &call->filter);
    if (listener < 0 && errno == EINVAL) /* a kernel without user notification: the filter refuses all the same */
        return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &call->filter) == 0 ? -1 : -2;
    return listener < 0 ? -2 : listener;
}

static void send_descriptor(int socket, int descriptor)
{
    char byte = 0;
    struct iovec part = { &byte, 1 };
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    (void)!sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* Inside the clone, in the call's cgroup; nothing here may return. */
static _Noreturn void be_born(const struct call *call, struct request *request, int handover)
{
    int everything = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    sigset_t none;
    sigemptyset(&none);
    if (setsid() < 0 || setns(call->init, everything) != 0)
        fail(call->replies, STAGE_NAMESPACE);
    for (int index = 0; index < 3; index++)
        if (dup2(request->descriptors[2 + index], index) < 0)
            fail(call->replies, STAGE_REQUEST);
    own_streams(call);
    /* Best effort: lowering it needs CAP_SYS_RESOURCE, and what is inherited is no less than the host's. */
    (void)!write_text("/proc/self/oom_score_adj", call->memory_score);
    become_user(call->replies, call->user, call->group, call->files_max);
    if (chdir(call->folder) != 0)
        fail(call->replies, STAGE_FOLDER);
    enter_domain(call->replies);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int listener = install_filter(call);
    if (listener == -2)
        fail(call->replies, STAGE_SECCOMP);
    send_descriptor(handover, listener);
    /* Only standard streams cross the exec: everything else, the replies included, is close-on-exec. */
    syscall(SYS_close_range, 3u, ~0u, 1u << 2 /* CLOSE_RANGE_CLOEXEC */);
    environ = call->environment; /* before the search: the PATH that counts is the sandbox's */
    execvp(call->arguments[0], call->arguments);
    int error = errno;
    tell(call->replies,
         (struct reply){ .kind = REPLY_FAILED, .value = error, .arguments = { STAGE_EXECUTE } });
    _exit(error == ENOENT ? 127 : 126);
}

static pid_t clone_into(const struct call *call, int *first)
{
    struct clone_args clone = {
        .flags = CLONE_INTO_CGROUP | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)first,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)call->cgroup,
    };
    return (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
}

static int take_descriptor(int socket)
{
    char byte;
    struct iovec part = { &byte, 1 };
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control,
    };
    int descriptor = -1;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) > 0 && CMSG_FIRSTHDR(&message))
        memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
    return descriptor;
}

_Noreturn void execute_call(struct request *request)
{
    static struct call call;
    read_call(request, &call);
    prctl(PR_SET_DUMPABLE, 0);
    int handover[2], first = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, handover) != 0)
        fail(call.replies, STAGE_REQUEST);
    /* Only children enter the sandbox's pid namespace; this process must stay out of its sight. */
    if (setns(call.init, CLONE_NEWPID) != 0)
        fail(call.replies, STAGE_NAMESPACE);
    pid_t child = clone_into(&call, &first);
    if (child == 0) {
        close(handover[0]);
        be_born(&call, request, handover[1]);
    }
    if (child < 0)
        fail(call.replies, STAGE_CLONE);
    tell(call.replies, (struct reply){ .kind = REPLY_STARTED, .pid = child });
    close(handover[1]);
    for (int index = 1; index < request->descriptor_count; index++)
        close(request->descriptors[index]);
    answer_refusals(take_descriptor(handover[0]), call.replies, child, first);
    _exit(0);
}
