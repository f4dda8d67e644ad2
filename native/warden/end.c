/* The lifeline's end: kill every process of the sandboxes, remove their cgroups and our folder. */
#define _GNU_SOURCE
#include "warden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 300 /* of 10 ms: 3 s, what DESIGN allows from a crash to the last process */

static int alive;

static int kill_members(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind != FTW_D)
        return 0;
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/cgroup.procs", path);
    FILE *members = fopen(name, "re");
    if (!members)
        return 0;
    int pid;
    while (fscanf(members, "%d", &pid) == 1) {
        alive++;
        if (pid > 0)
            kill(pid, SIGKILL);
    }
    fclose(members);
    return 0;
}

/* Requests still worked off, a runtime that hangs, and whatever either left behind: orphans below us become our
 * children (PR_SET_CHILD_SUBREAPER). Nothing of them may start a process after the last look into the cgroups. */
static void kill_children(void)
{
    FILE *children = fopen("/proc/thread-self/children", "re");
    int pid;
    while (children && fscanf(children, "%d", &pid) == 1) {
        alive++;
        kill(pid, SIGKILL);
    }
    if (children)
        fclose(children);
}

static int remove_folder(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind == FTW_DP)
        rmdir(path);
    return 0;
}

static int remove_anything(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind == FTW_DP)
        rmdir(path);
    else
        unlink(path);
    return 0;
}

/* Each sandbox's folder holds two mount points; they exist in our mount namespace only. */
static void unmount_below(const char *state)
{
    DIR *folder = opendir(state);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char name[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s/root", state, entry->d_name);
        umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW);
        snprintf(name, sizeof name, "%s/%s/layer", state, entry->d_name);
        umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW);
    }
    if (folder)
        closedir(folder);
}

void end_sandboxes(int folder_count, char **folders, const char *state, const char *work)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        alive = 0;
        kill_children();
        for (int index = 0; index < folder_count; index++) {
            char name[PATH_MAX];
            /* cgroup2: all at once, forks included. The walk below covers v1 and kernels before 5.14. */
            snprintf(name, sizeof name, "%s/cgroup.kill", folders[index]);
            (void)!write_text(name, "1");
            snprintf(name, sizeof name, "%s/cgroup.freeze", folders[index]);
            (void)!write_text(name, "0");
            nftw(folders[index], kill_members, 16, FTW_PHYS);
        }
        if (alive == 0)
            break;
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
    }
    for (int index = 0; index < folder_count; index++)
        nftw(folders[index], remove_folder, 16, FTW_PHYS | FTW_DEPTH);
    unmount_below(state);
    /* FTW_MOUNT: should a mount have stayed all the same, it must not be emptied. */
    nftw(state, remove_anything, 16, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
    nftw(work, remove_anything, 16, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
}
