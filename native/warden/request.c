/* Messages and what is common to all modes. */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

int write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written < 0 ? -1 : 0;
}

void tell(int socket, struct reply reply)
{
    if (reply.stamp == 0)
        reply.stamp = now_ns();
    /* The reader is gone: so is everything this reply was about. */
    (void)!send(socket, &reply, sizeof reply, MSG_NOSIGNAL);
}

_Noreturn void fail(int socket, enum stage stage)
{
    tell(socket, (struct reply){ .kind = REPLY_FAILED, .value = errno, .arguments = { stage } });
    _exit(1);
}

int receive_request(int socket, struct request *request)
{
    char operation = 0;
    struct iovec part = { .iov_base = &operation, .iov_len = 1 };
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received <= 0)
        return received == 0 ? 0 : errno == EINTR ? 1 : 0;
    memset(request, 0, sizeof *request);
    request->operation = operation;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int index = 0; index < count && request->descriptor_count < DESCRIPTORS_MAX; index++)
            memcpy(&request->descriptors[request->descriptor_count++], CMSG_DATA(header) + index * sizeof(int),
                   sizeof(int));
    }
    return 2;
}

int open_body(struct request *request)
{
    struct stat status;
    if (request->descriptor_count < 2 || fstat(request->descriptors[1], &status) != 0)
        return -1;
    request->length = (size_t)status.st_size;
    if (request->length == 0)
        return 0;
    /* A private copy on one page more, so that the last string always ends. */
    request->body = mmap(NULL, request->length + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (request->body == MAP_FAILED)
        return -1;
    size_t done = 0;
    while (done < request->length) {
        ssize_t got = pread(request->descriptors[1], request->body + done, request->length - done, (off_t)done);
        if (got <= 0)
            return -1;
        done += (size_t)got;
    }
    return 0;
}

const char *next_text(struct request *request)
{
    if (request->at >= request->length)
        return "";
    const char *text = request->body + request->at;
    request->at += strlen(text) + 1;
    return text;
}

int read_arguments(struct request *request, char **arguments)
{
    int count = 0;
    while (request->at < request->length && count < ARGUMENTS_MAX)
        arguments[count++] = (char *)next_text(request);
    arguments[count] = NULL;
    return count;
}

long next_number(struct request *request)
{
    return strtol(next_text(request), NULL, 10);
}
