#ifndef SIM_CALLS_H
#define SIM_CALLS_H

#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>

#include "kernel.h"

/* The system calls, under the names that the linker has given them in the daemons' objects. Each is
 * one step, or more where it waits. */

extern char **sim_environ;
int sim__exit(int code);
int sim_chdir(char const *path);
int sim_clock_gettime(clockid_t clock, struct timespec *t);
int sim_close(int fd);
int sim_dup2(int from, int to);
int sim_dup3(int from, int to, int flags);
int sim_epoll_create1(int flags);
int sim_epoll_ctl(int efd, int op, int fd, struct epoll_event *ev);
int sim_epoll_wait(int efd, struct epoll_event *ev, int max, int timeout);
int sim_execve(char const *path, char *const *argv, char *const *env);
int sim_faccessat(int dir, char const *path, int mode, int flags);
int sim_fallocate(int fd, int mode, off_t from, off_t size);
int sim_fchdir(int fd);
int sim_fchmod(int fd, mode_t mode);
int sim_fcntl(int fd, int command, ...);
int sim_flock(int fd, int operation);
pid_t sim_fork(void);
int sim_fstat(int fd, struct stat *st);
int sim_fstatat(int dir, char const *path, struct stat *st, int flags);
int sim_fstatfs(int fd, struct statfs *fs);
int sim_fsync(int fd);
int sim_ftruncate(int fd, off_t size);
char *sim_getenv(char const *name);
uid_t sim_geteuid(void);
pid_t sim_getpid(void);
pid_t sim_getppid(void);
int sim_getrlimit(int what, struct rlimit *r);
int sim_inotify_add_watch(int fd, char const *path, uint32_t mask);
int sim_inotify_init1(int flags);
int sim_inotify_rm_watch(int fd, int wd);
int sim_ioctl(int fd, unsigned long request, ...);
int sim_kill(pid_t pid, int sig);
off_t sim_lseek(int fd, off_t offset, int whence);
int sim_lstat(char const *path, struct stat *st);
int sim_madvise(void *at, size_t size, int advice);
int sim_mkdirat(int dir, char const *path, mode_t mode);
int sim_mkfifoat(int dir, char const *path, mode_t mode);
void *sim_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *sim_mremap(void *at, size_t size, size_t to_size, int flags, ...);
int sim_munmap(void *at, size_t size);
int sim_open(char const *path, int flags, ...);
int sim_openat(int dir, char const *path, int flags, ...);
int sim_pipe2(int p[2], int flags);
int sim_poll(struct pollfd *x, nfds_t n, int ms);
int sim_ppoll(struct pollfd *x, nfds_t n, struct timespec const *t, sigset_t const *mask);
int sim_prctl(int option, ...);
ssize_t sim_pread(int fd, void *to, size_t n, off_t at);
int sim_prlimit(pid_t pid, int what, struct rlimit const *set, struct rlimit *get);
ssize_t sim_pwrite(int fd, void const *from, size_t n, off_t at);
int sim_raise(int sig);
ssize_t sim_read(int fd, void *to, size_t n);
ssize_t sim_readlink(char const *path, char *to, size_t n);
ssize_t sim_readlinkat(int dir, char const *path, char *to, size_t n);
int sim_renameat(int dir, char const *from, int to_dir, char const *to);
int sim_setenv(char const *name, char const *value, int overwrite);
int sim_setitimer(int which, struct itimerval const *set, struct itimerval *old);
int sim_setpgid(pid_t pid, pid_t group);
int sim_setrlimit(int what, struct rlimit const *r);
pid_t sim_setsid(void);
int sim_sigaction(int sig, struct sigaction const *set, struct sigaction *old);
void (*sim_signal(int sig, void (*handler)(int)))(int);
int sim_signalfd(int fd, sigset_t const *set, int flags);
int sim_sigprocmask(int how, sigset_t const *set, sigset_t *old);
int sim_stat(char const *path, struct stat *st);
long sim_syscall(long number, ...);
ssize_t sim_tee(int from, int to, size_t n, unsigned int flags);
int sim_unlinkat(int dir, char const *path, int flags);
int sim_unsetenv(char const *name);
pid_t sim_vfork(void);
int sim_waitid(int kind, id_t id, siginfo_t *info, int flags);
pid_t sim_waitpid(pid_t pid, int *wstat, int flags);
ssize_t sim_write(int fd, void const *from, size_t n);
ssize_t sim_writev(int fd, struct iovec const *v, int n);

/* events.c, for read */
ssize_t signals_take(struct file *f, char *to, size_t n);

/* calls_file.c: where a path leads, or errno and false. */
bool find_path(struct place *at, int dir, char const *path, bool follow);

#endif
