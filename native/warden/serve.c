/* The supervisor: a private mount namespace, a child for each request, and the end of everything at the lifeline's
 * end. */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Body: for each mount source, target, type, flags, data. The target is made where it is missing. */
static _Noreturn void mount_all(struct request *request)
{
    int replies = request->descriptors[0];
    while (request->at < request->length) {
        const char *source = next_text(request), *target = next_text(request), *type = next_text(request);
        unsigned long flags = strtoul(next_text(request), NULL, 10);
        const char *data = next_text(request);
        if (type[0] == '\0' && source[0] == '\0') {
            /* Neither source nor type: a folder to make, with the data as its mode. */
            if (mkdir(target, 0700) != 0 && errno != EEXIST)
                fail(replies, STAGE_MOUNT);
            if (chmod(target, (mode_t)strtoul(data, NULL, 8)) != 0)
                fail(replies, STAGE_MOUNT);
            continue;
        }
        if (mkdir(target, 0700) != 0 && errno != EEXIST)
            fail(replies, STAGE_MOUNT);
        if (mount(source, target, type[0] ? type : NULL, flags, data[0] ? data : NULL) != 0)
            fail(replies, STAGE_MOUNT);
    }
    tell(replies, (struct reply){ .kind = REPLY_DONE });
    _exit(0);
}

static _Noreturn void unmount_all(struct request *request)
{
    while (request->at < request->length)
        umount2(next_text(request), MNT_DETACH | UMOUNT_NOFOLLOW);
    tell(request->descriptors[0], (struct reply){ .kind = REPLY_DONE });
    _exit(0);
}

/* Waits for the program, or for the end of whoever asked: then the whole group of the program is killed. */
static int wait_for_program(pid_t child, int replies)
{
    int status = 0, process = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd waits[] = { { .fd = process, .events = POLLIN }, { .fd = replies } };
    while (process >= 0 && waits[0].revents == 0 && waits[1].revents == 0)
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            break;
    if (waits[1].revents != 0)
        kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Body: cgroup.procs of the program's cgroup, argv. Descriptors after the body: standard error, then what the program
 * finds from 3 on. */
static _Noreturn void run_program(struct request *request)
{
    int replies = request->descriptors[0];
    int cgroup = open(next_text(request), O_WRONLY | O_CLOEXEC);
    if (cgroup < 0)
        fail(replies, STAGE_CGROUP);
    char *arguments[ARGUMENTS_MAX + 1];
    if (read_arguments(request, arguments) == 0 || request->descriptor_count < 3) {
        errno = EINVAL;
        fail(replies, STAGE_REQUEST);
    }
    pid_t child = fork();
    if (child == 0) {
        /* A group of its own, to be killed as one; and a cgroup, by which the next start finds it. It is not killed
         * with us: half a container waits for ever, and a whole one's pid 1 sees that its lifeline has ended. */
        setpgid(0, 0);
        if (write(cgroup, "0", 1) < 0)
            _exit(126);
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0);
        dup2(request->descriptors[2], 1);
        dup2(request->descriptors[2], 2);
        for (int index = 3; index < request->descriptor_count; index++) {
            /* Above everything first, so that no dup2 overwrites one that is still to be moved. */
            int above = fcntl(request->descriptors[index], F_DUPFD, 100);
            dup2(above, index);
            close(above);
        }
        closefrom(request->descriptor_count > 3 ? request->descriptor_count : 3);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(arguments[0], arguments);
        _exit(127);
    }
    if (child < 0)
        fail(replies, STAGE_CLONE);
    setpgid(child, child);
    int status = wait_for_program(child, replies);
    tell(replies, (struct reply){ .kind = REPLY_DONE, .value = status });
    _exit(0);
}

static _Noreturn void work(struct request *request, int socket, pid_t parent, enum place place)
{
    close(socket);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || open_body(request) != 0)
        _exit(1);
    if (request->operation == OPERATION_NURSERY && place == IN_SUPERVISOR)
        keep_nursery(request); /* nobody waits for its children either */
    signal(SIGCHLD, SIG_DFL);
    /* Only a nursery starts what lives in a sandbox: born of the supervisor it would have no limits. */
    int inside = request->operation == OPERATION_EXEC || request->operation == OPERATION_BUILD;
    if (inside != (place == IN_NURSERY)) {
        errno = EPERM;
        fail(request->descriptors[0], STAGE_REQUEST);
    }
    switch (request->operation) {
    case OPERATION_MOUNT:
        mount_all(request);
    case OPERATION_UNMOUNT:
        unmount_all(request);
    case OPERATION_RUN:
        run_program(request);
    case OPERATION_EXEC:
        execute_call(request);
    case OPERATION_BUILD:
        build_sandbox(request);
    case OPERATION_ENTER:
        enter_call(request);
    }
    errno = EINVAL;
    fail(request->descriptors[0], STAGE_REQUEST);
}

/* A child for each request, until the socket's other end is closed. */
void take_requests(int socket, enum place place)
{
    pid_t self = getpid();
    for (;;) {
        struct request request;
        int received = receive_request(socket, &request);
        if (received == 0)
            break;
        if (received == 1)
            continue;
        pid_t child = fork();
        if (child == 0)
            work(&request, socket, self, place);
        if (child < 0 && request.descriptor_count > 0)
            tell(request.descriptors[0],
                 (struct reply){ .kind = REPLY_FAILED, .value = errno, .arguments = { STAGE_CLONE } });
        for (int index = 0; index < request.descriptor_count; index++)
            close(request.descriptors[index]);
    }
}

/* A process that is being born in a sandbox is a copy of this one until it executes, and its command line can be read
 * there: it is to say nothing of the host. */
static char *taken(char *argument)
{
    char *copy = strdup(argument);
    if (!copy)
        _exit(1);
    memset(argument, 0, strlen(argument));
    return copy;
}

int serve(int argc, char **argv)
{
    for (int index = -2; index < argc; index++)
        argv[index] = taken(argv[index]);
    int socket = atoi(argv[0]);
    const char *state = argv[1], *work_folder = argv[2];
    /* A session of its own: Ctrl-C at the terminal is aurelian's to handle, and this must outlive it. */
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0);
    /* runc leaves pid 1 of a sandbox behind: it becomes ours, and with SIGCHLD ignored it leaves no zombie. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        perror("warden: cannot have mounts of its own");
        return 1;
    }
    take_requests(socket, IN_SUPERVISOR);
    end_sandboxes(argc - 3, argv + 3, state, work_folder);
    return 0;
}
