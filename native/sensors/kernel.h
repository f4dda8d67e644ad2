/* The few fields of kernel structures that the sensors read; CO-RE relocates them to the running kernel's layout. */
#ifndef KERNEL_H
#define KERNEL_H

#include <linux/types.h>

#define RELOCATED __attribute__((preserve_access_index))

struct kernfs_node {
    __u64 id;
} RELOCATED;

struct cgroup {
    struct kernfs_node *kn;
} RELOCATED;

struct css_set {
    struct cgroup *dfl_cgrp;
} RELOCATED;

struct qstr {
    const unsigned char *name;
} RELOCATED;

struct dentry {
    struct dentry *d_parent;
    struct qstr d_name;
} RELOCATED;

struct vfsmount {
    struct dentry *mnt_root;
} RELOCATED;

struct mount {
    struct mount *mnt_parent;
    struct dentry *mnt_mountpoint;
    struct vfsmount mnt;
} RELOCATED;

struct path {
    struct vfsmount *mnt;
    struct dentry *dentry;
} RELOCATED;

struct fs_struct {
    struct path pwd;
} RELOCATED;

struct mm_struct {
    unsigned long arg_start;
    unsigned long arg_end;
} RELOCATED;

struct task_struct {
    int pid;
    int tgid;
    unsigned int __state;
    void *stack;
    int exit_code;
    struct task_struct *real_parent;
    struct css_set *cgroups;
    struct mm_struct *mm;
    struct fs_struct *fs;
} RELOCATED;

struct inode {
    unsigned int i_nlink;
} RELOCATED;

struct file {
    struct inode *f_inode;
    struct path f_path;
} RELOCATED;

struct linux_binprm {
    const char *filename;
    struct file *file;
} RELOCATED;

struct sock_common {
    unsigned short skc_family;
    unsigned short skc_num;
    __u32 skc_rcv_saddr;
} RELOCATED;

struct sk_buff {
    char cb[48];
} RELOCATED;

struct sk_buff_head {
    struct sk_buff *prev;
} RELOCATED;

struct sock {
    struct sock_common __sk_common;
    struct sk_buff_head sk_receive_queue;
} RELOCATED;

struct unix_sock {
    struct sock *peer;
} RELOCATED;

struct unix_skb_parms {
    void *fp; /* the descriptors that a message carries */
} RELOCATED;

struct sockaddr;
struct kernel_siginfo;

struct bpf_sock_addr_kern {
    struct sockaddr *uaddr;
    int uaddrlen;
} RELOCATED;

struct pt_regs___kernel {
    unsigned long orig_ax; /* the system call; -1 in an interrupt from user space */
} RELOCATED;

/* A kernel function: what the hook was really called with. */
extern void *bpf_cast_to_kern_ctx(void *) __attribute__((section(".ksyms"))) __attribute__((weak));

#endif
