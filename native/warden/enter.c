/* A tool call through the runtime's own exec: its first process is the runtime, which ends with its status. */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Body: argv. Descriptors: replies, body, 0, 1, 2. */
_Noreturn void enter_call(struct request *request)
{
    int replies = request->descriptors[0];
    char *arguments[ARGUMENTS_MAX + 1];
    if (read_arguments(request, arguments) == 0 || request->descriptor_count != 5) {
        errno = EINVAL;
        fail(replies, STAGE_REQUEST);
    }
    pid_t child = fork();
    if (child == 0) {
        for (int index = 0; index < 3; index++)
            if (dup2(request->descriptors[2 + index], index) < 0)
                _exit(127);
        closefrom(3);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(arguments[0], arguments);
        _exit(127);
    }
    int first = child < 0 ? -1 : (int)syscall(SYS_pidfd_open, child, 0);
    if (first < 0)
        fail(replies, STAGE_CLONE);
    tell(replies, (struct reply){ .kind = REPLY_STARTED, .pid = child });
    for (int index = 1; index < request->descriptor_count; index++)
        close(request->descriptors[index]);
    answer_refusals(-1, replies, child, first);
    _exit(0);
}
