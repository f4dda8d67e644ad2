/* Builds a sandbox in the cgroups of one that has ended: new namespaces, new mounts, a new pid 1, as runc makes them.
 *
 * runc made the first sandbox in these cgroups; what it sets up there (devices, limits) stays. This does the rest of an
 * OCI start in a millisecond or two: SandboxLikeness compares the outcome with runc's own before anybody gets it.
 *
 * Covers: targets of mounts that are links or lead out of the root (refused: runc then makes the sandbox).
 * Does not cover: configurations other than ours, for example devices, user namespaces, hooks.
 */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOIN_SESSION_KEYRING 1
#define LIFELINE 3

/* A place below the root, reached through folders only: a link on the way is refused. */
static int place(int root, const char *path, unsigned long long flags)
{
    struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
    return (int)syscall(SYS_openat2, root, path[1] ? path + 1 : ".", &how, sizeof how);
}

/* The place to mount on, made where it is missing: a folder, or a file for a bind of a file. */
static int target(int replies, int root, const char *path, int folder)
{
    int found = place(root, path, O_PATH | (folder ? O_DIRECTORY : O_NOFOLLOW));
    if (found >= 0)
        return found;
    char parent[PATH_LENGTH_MAX];
    const char *name = strrchr(path, '/') + 1;
    snprintf(parent, sizeof parent, "%.*s", (int)(name - path), path);
    int above = place(root, parent, O_PATH | O_DIRECTORY);
    if (above < 0)
        fail(replies, STAGE_MOUNT);
    int made = folder ? mkdirat(above, name, 0755)
                      : openat(above, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
    if (made < 0)
        fail(replies, STAGE_MOUNT);
    close(above);
    if (!folder)
        close(made);
    found = place(root, path, O_PATH | (folder ? O_DIRECTORY : O_NOFOLLOW));
    if (found < 0)
        fail(replies, STAGE_MOUNT);
    return found;
}

static void mount_at(int replies, int at, const char *source, const char *type, unsigned long flags, const char *data)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", at);
    if (mount(source, name, type, flags, data) != 0)
        fail(replies, STAGE_MOUNT);
}

/* Each: destination, source, type, flags, data. */
static void mount_each(struct request *request, int root)
{
    int replies = request->descriptors[0];
    for (long left = next_number(request); left > 0; left--) {
        const char *destination = next_text(request), *source = next_text(request), *type = next_text(request);
        unsigned long flags = (unsigned long)next_number(request);
        const char *data = next_text(request);
        int bind = strcmp(type, "bind") == 0;
        struct stat status = { .st_mode = S_IFDIR };
        if (bind && stat(source, &status) != 0)
            fail(replies, STAGE_MOUNT);
        int at = target(replies, root, destination, S_ISDIR(status.st_mode));
        if (!bind) {
            mount_at(replies, at, source, type, flags, data[0] ? data : NULL);
        } else {
            mount_at(replies, at, source, NULL, MS_BIND | (flags & MS_REC), NULL);
            close(at);
            /* Opened again: what lies there now is the bind, and its own flags are what is set. */
            at = place(root, destination, O_PATH);
            mount_at(replies, at, NULL, NULL, MS_REMOUNT | MS_BIND | (flags & ~(unsigned long)MS_REC), NULL);
        }
        close(at);
    }
}

/* The devices that every OCI runtime makes. */
static void make_devices(int replies, int root)
{
    static const struct {
        const char *name;
        int major, minor;
    } devices[] = { { "null", 1, 3 }, { "random", 1, 8 }, { "full", 1, 7 }, { "tty", 5, 0 }, { "zero", 1, 5 },
                    { "urandom", 1, 9 } };
    static const char *links[][2] = { { "/proc/self/fd", "fd" }, { "/proc/self/fd/0", "stdin" },
                                      { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
                                      { "/proc/kcore", "core" }, { "pts/ptmx", "ptmx" } };
    int folder = place(root, "/dev", O_PATH | O_DIRECTORY);
    umask(0);
    for (size_t index = 0; index < sizeof devices / sizeof *devices; index++)
        if (mknodat(folder, devices[index].name, S_IFCHR | 0666,
                    makedev((unsigned)devices[index].major, (unsigned)devices[index].minor)) != 0)
            fail(replies, STAGE_MOUNT);
    umask(022);
    for (size_t index = 0; index < sizeof links / sizeof *links; index++)
        if (strcmp(links[index][1], "core") != 0 || access(links[index][0], F_OK) == 0)
            if (symlinkat(links[index][0], folder, links[index][1]) != 0)
                fail(replies, STAGE_MOUNT);
    close(folder);
}

static void enter_root(int replies, int root)
{
    int old = open("/", O_DIRECTORY | O_PATH | O_CLOEXEC);
    if (old < 0 || fchdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || fchdir(old) != 0
        || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        fail(replies, STAGE_MOUNT);
    close(old);
}

/* After the pivot, with links followed: inside is all there is. What does not exist needs no mask. */
static void hide(struct request *request)
{
    int replies = request->descriptors[0];
    for (long left = next_number(request); left > 0; left--) {
        const char *path = next_text(request);
        if (mount("/dev/null", path, NULL, MS_BIND, NULL) == 0 || errno == ENOENT)
            continue;
        if (errno != ENOTDIR || mount("tmpfs", path, "tmpfs", MS_RDONLY, "") != 0)
            fail(replies, STAGE_MOUNT);
    }
    for (long left = next_number(request); left > 0; left--) {
        const char *path = next_text(request);
        if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) != 0) {
            if (errno == ENOENT)
                continue;
            fail(replies, STAGE_MOUNT);
        }
        struct statvfs status;
        if (statvfs(path, &status) != 0)
            fail(replies, STAGE_MOUNT);
        unsigned long kept = status.f_flag
            & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME);
        if (mount(NULL, path, NULL, MS_BIND | MS_REC | MS_REMOUNT | MS_RDONLY | kept, NULL) != 0)
            fail(replies, STAGE_MOUNT);
    }
}

struct blueprint {
    const char *root, *hostname, *memory_score, *path;
    uid_t user;
    rlim_t files_max;
    char *arguments[4];
};

/* In new namespaces, as pid 1; nothing here may return. */
static _Noreturn void become_first(struct request *request, const struct blueprint *blueprint, int done)
{
    int replies = request->descriptors[0];
    if (setsid() < 0 || unshare(CLONE_NEWCGROUP) != 0)
        fail(replies, STAGE_NAMESPACE);
    /* Before sysfs: it shows the network of whoever mounts it. */
    if (request->descriptor_count == 5 ? setns(request->descriptors[4], CLONE_NEWNET) : unshare(CLONE_NEWNET))
        fail(replies, STAGE_NAMESPACE);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        fail(replies, STAGE_MOUNT);
    int root = open(blueprint->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        fail(replies, STAGE_MOUNT);
    mount_each(request, root);
    make_devices(replies, root);
    enter_root(replies, root);
    close(root);
    hide(request);
    if (sethostname(blueprint->hostname, strlen(blueprint->hostname)) != 0)
        fail(replies, STAGE_NAMESPACE);
    (void)!write_text("/proc/self/oom_score_adj", blueprint->memory_score);
    syscall(SYS_keyctl, JOIN_SESSION_KEYRING, "_ses.sandbox");
    int nothing = open("/dev/null", O_RDWR);
    for (int index = 0; index < 3; index++)
        dup2(nothing, index);
    struct sock_fprog filter;
    if (read_filter(request->descriptors[3], &filter) != 0)
        fail(replies, STAGE_SECCOMP);
    become_user(replies, blueprint->user, blueprint->user, blueprint->files_max);
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Above everything first, so that the lifeline's number overwrites nothing that is still needed. */
    int lifeline = fcntl(request->descriptors[2], F_DUPFD, 200), told = fcntl(done, F_DUPFD, 201);
    if (lifeline < 0 || told < 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        fail(replies, STAGE_SECCOMP);
    dup2(lifeline, LIFELINE);
    syscall(SYS_close_range, LIFELINE + 1u, ~0u, 1u << 2 /* CLOSE_RANGE_CLOEXEC */);
    char *environment[] = { (char *)blueprint->path, NULL };
    if (write(told, "k", 1) == 1)
        execve(blueprint->arguments[0], blueprint->arguments, environment);
    (void)!write(told, "x", 1);
    _exit(1);
}

/* Body: cgroup2 folder of pid 1, root, host name, out-of-memory score, PATH, user, open files, pid 1's program,
 * mounts, masked paths, read-only paths. Descriptors: replies, body, lifeline, seccomp program, and the network
 * namespace, where there is one. */
_Noreturn void build_sandbox(struct request *request)
{
    int replies = request->descriptors[0], done[2];
    int cgroup = open(next_text(request), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (cgroup < 0 || request->descriptor_count < 4 || pipe2(done, O_CLOEXEC) != 0)
        fail(replies, STAGE_CGROUP);
    struct blueprint blueprint = {
        .root = next_text(request), .hostname = next_text(request), .memory_score = next_text(request),
        .path = next_text(request),
    };
    blueprint.user = (uid_t)next_number(request);
    blueprint.files_max = (rlim_t)next_number(request);
    blueprint.arguments[0] = (char *)next_text(request);
    blueprint.arguments[1] = (char *)"init";
    blueprint.arguments[2] = (char *)"3";
    if (blueprint.user == 0) {
        errno = EINVAL;
        fail(replies, STAGE_REQUEST);
    }
    struct clone_args clone = {
        .flags = CLONE_INTO_CGROUP | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)cgroup,
    };
    pid_t child = (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
    if (child == 0) {
        close(done[0]);
        become_first(request, &blueprint, done[1]);
    }
    if (child < 0)
        fail(replies, STAGE_CLONE);
    close(done[1]);
    char said[2] = { 0, 0 };
    ssize_t got = 0, all = 0;
    while (all < 2 && (got = read(done[0], said + all, (size_t)(2 - all))) > 0)
        all += got;
    /* One word and then silence: the program runs. All else was told by the child, or is told here. */
    if (all != 1 || said[0] != 'k') {
        errno = ECANCELED;
        fail(replies, STAGE_EXECUTE);
    }
    tell(replies, (struct reply){ .kind = REPLY_DONE, .value = child });
    _exit(0);
}
