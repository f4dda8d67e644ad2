/* pid 1 of a sandbox: reaps what nobody waits for, and ends when the lifeline does. With pid 1 the kernel ends every
 * process of the sandbox, so that it cannot outlive both aurelian and the supervisor. */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int keep(int argc, char **argv)
{
    (void)argc;
    int lifeline = atoi(argv[0]);
    sigset_t every;
    sigfillset(&every);
    sigprocmask(SIG_BLOCK, &every, NULL);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    int ended = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    prctl(PR_SET_DUMPABLE, 0);
    struct pollfd waits[] = { { .fd = lifeline, .events = POLLIN }, { .fd = ended, .events = POLLIN } };
    for (;;) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (waits[0].revents != 0)
            return 0;
        if (waits[1].revents != 0) {
            struct signalfd_siginfo information;
            while (read(ended, &information, sizeof information) > 0)
                ;
        }
    }
}
