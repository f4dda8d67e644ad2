/* Answers refused system calls and tells of them, and waits for the call's first process meanwhile. */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program that hammers at a refused call is told of a thousand times; after that it is only counted. */
#define TOLD_MAX 1000
/* Between poll and receive the asker may have been killed; kernels before 6.11 would then wait for the next one, and
 * the
 * call's end would go unheard. */
#define RECEIVE_MAX_US 20000
/* What is only counted is told in sums, or the counting would be a flood of its own. */
#define SUM_EVERY_MS 250
/* A drain answers those who wait now, one for each thread that a sandbox can have waiting; not those who come after. */
#define WAITING_MAX 1024

static int32_t process_of(uint32_t thread)
{
    char name[64], line[256];
    int32_t process = (int32_t)thread;
    snprintf(name, sizeof name, "/proc/%u/status", thread);
    FILE *status = fopen(name, "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "Tgid: %d", &process) == 1)
            break;
    if (status)
        fclose(status);
    return process;
}

/* set_mempolicy_home_node, of Linux 5.17: what libseccomp 2.5.4 knows. What came later is absent, not forbidden. */
#define NUMBER_KNOWN_MAX 450

#if defined __x86_64__
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static int errno_for(const struct seccomp_data *asked)
{
    /* io_uring absent rather than forbidden: libraries then fall back without a word. */
    return asked->arch != NATIVE_ARCHITECTURE || asked->nr > NUMBER_KNOWN_MAX || (asked->nr >= 425 && asked->nr <= 427)
        ? ENOSYS : EPERM;
}

/* Another ABI counts its calls otherwise: told below zero, so that none is taken for one of ours. */
static int64_t number_of(const struct seccomp_data *asked)
{
    return asked->arch == NATIVE_ARCHITECTURE ? asked->nr : -1 - (int64_t)asked->nr;
}

static void on_timer(int number)
{
    (void)number;
}

static int receive_one(int listener, struct seccomp_notif *asked)
{
    const struct itimerval wait = { .it_value = { .tv_usec = RECEIVE_MAX_US } }, stop = { .it_value = { 0, 0 } };
    memset(asked, 0, sizeof *asked);
    setitimer(ITIMER_REAL, &wait, NULL);
    int result = ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, asked);
    setitimer(ITIMER_REAL, &stop, NULL);
    return result;
}

static void answer_one(int listener, int replies, unsigned *told, uint64_t *lost)
{
    struct seccomp_notif asked;
    if (receive_one(listener, &asked) != 0)
        return;
    if (*told < TOLD_MAX) {
        struct reply reply = {
            .kind = REPLY_REFUSED, .pid = process_of(asked.pid), .stamp = now_ns(), .value = number_of(&asked.data),
        };
        for (int index = 0; index < 6; index++)
            reply.arguments[index] = asked.data.args[index];
        /* Told before it is answered: who is refused cannot be gone before it is known. Never waits for the reader. */
        if (send(replies, &reply, sizeof reply, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            ++*lost;
        ++*told;
    } else {
        ++*lost;
    }
    struct seccomp_notif_resp answer = { .id = asked.id, .error = -errno_for(&asked.data) };
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void drain(int listener, int replies, unsigned *told, uint64_t *lost)
{
    char asked;
    struct pollfd wait = { .fd = listener, .events = POLLIN };
    if (recv(replies, &asked, sizeof asked, MSG_DONTWAIT) != sizeof asked)
        return;
    for (int answered = 0; listener >= 0 && answered < WAITING_MAX; answered++) {
        if (poll(&wait, 1, 0) <= 0 || !(wait.revents & POLLIN))
            break;
        answer_one(listener, replies, told, lost);
    }
    tell(replies, (struct reply){ .kind = REPLY_DRAINED });
}

void answer_refusals(int listener, int replies, int first, int first_descriptor)
{
    struct pollfd waits[] = {
        { .fd = replies, .events = POLLIN },
        { .fd = listener, .events = POLLIN },
        { .fd = first_descriptor, .events = POLLIN },
    };
    unsigned told = 0;
    uint64_t lost = 0, lost_told = 0, told_at = 0;
    struct sigaction timer = { .sa_handler = on_timer };
    sigaction(SIGALRM, &timer, NULL);
    while (waits[1].fd >= 0 || waits[2].fd >= 0) {
        if (poll(waits, 3, lost != lost_told ? SUM_EVERY_MS : -1) < 0) {
            if (errno != EINTR)
                break;
            continue;
        }
        if (waits[1].revents & POLLIN)
            answer_one(listener, replies, &told, &lost);
        else if (waits[1].revents & (POLLHUP | POLLERR | POLLNVAL))
            waits[1].fd = -1;
        if (waits[2].revents & POLLIN) {
            int status = 0;
            waitpid(first, &status, 0);
            waits[2].fd = -1;
            tell(replies, (struct reply){ .kind = REPLY_EXITED, .pid = first, .value = status });
        }
        if (lost != lost_told && now_ns() - told_at > SUM_EVERY_MS * 1000000ull) {
            told_at = now_ns();
            tell(replies, (struct reply){ .kind = REPLY_LOST, .value = (int64_t)(lost - lost_told) });
            lost_told = lost;
        }
        if (waits[0].revents & POLLIN)
            drain(waits[1].fd, replies, &told, &lost);
        if (waits[0].revents & (POLLHUP | POLLERR)) {
            /* aurelian let go of the call, or is gone. */
            if (waits[2].fd >= 0)
                kill(first, SIGKILL);
            break;
        }
    }
    if (lost != lost_told)
        tell(replies, (struct reply){ .kind = REPLY_LOST, .value = (int64_t)(lost - lost_told) });
    /* The last word: nothing of the call can be refused any more. */
    tell(replies, (struct reply){ .kind = REPLY_DONE });
}
