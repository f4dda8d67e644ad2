/* A process that stays in a sandbox's v1 cgroups, so that its calls are born there.
 *
 * A process enters a v1 cgroup either at birth, from its parent, or by a move, and the first move waits for an RCU
 * grace period, 10 ms and more, in which nothing on the machine forks. So one process moves there once, while the
 * sandbox is made, and every call's helper is its child. It is outside the sandbox in every other way.
 */
#define _GNU_SOURCE
#include "warden.h"

#include <sys/prctl.h>
#include <unistd.h>

/* Body: number of v1 hierarchies, the sandbox's cgroup.procs in each. Descriptors: replies, body, the requests' socket.
 * Ends with that socket, and with the supervisor. */
_Noreturn void keep_nursery(struct request *request)
{
    int replies = request->descriptors[0];
    for (long left = next_number(request); left > 0; left--)
        if (write_text(next_text(request), "0") != 0)
            fail(replies, STAGE_CGROUP);
    prctl(PR_SET_DUMPABLE, 0);
    /* When memory runs out, somebody else first. Best effort: it needs CAP_SYS_RESOURCE. */
    (void)!write_text("/proc/self/oom_score_adj", "-1000");
    tell(replies, (struct reply){ .kind = REPLY_DONE });
    close(replies);
    close(request->descriptors[1]);
    take_requests(request->descriptors[2], IN_NURSERY);
    _exit(0);
}
