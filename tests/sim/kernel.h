#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A kernel as the daemons see it: processes, files, FIFOs, locks, inotify, clocks. Nothing in it
 * depends on anything but the seed. All memory is the world's, and forgotten with it. */

#define MS INT64_C(1000000) /* nanoseconds */
#define SECOND (1000 * MS)

enum { FDS = 48, NAME = 32, RT_QUEUE = 64, TABLE = 64, PIDS = 72 };

enum program {
	PROGRAM_NONE,
	PROGRAM_RUNSVDIR,
	PROGRAM_RUNSV,
	PROGRAM_SV,
	PROGRAM_SVLOGD, /* up to here the daemons' own objects, from here on actors.c */
	PROGRAM_RUN,
	PROGRAM_FINISH,
	PROGRAM_SCRIPT,
	PROGRAM_CHECK,
	PROGRAM_ECHO,
	PROGRAM_COPY,
	PROGRAMS
};

struct process;
struct service;

enum inode_kind { INODE_DIR, INODE_FILE, INODE_FIFO, INODE_LINK, INODE_NULL };

struct entry {
	char name[NAME];
	struct inode *inode;
};

struct inode {
	enum inode_kind kind;
	uint64_t ino;
	mode_t mode;
	int links; /* names that lead to it */
	int64_t changed;
	/* a directory */
	struct inode *parent;
	struct entry *entries;
	size_t count, room;
	struct service *service; /* what is judged (judge.h), of its files, too */
	int role;
	/* a file, a FIFO's bytes, a link's target */
	char *data;
	size_t size, capacity;
	enum program program;
	char const *const *words; /* of a program that ignores what it is called with */
	/* a FIFO */
	int readers, writers, opens;
	/* locks */
	struct file *flock;
	struct process *flock_by, *posix;
};

enum file_kind { FILE_INODE, FILE_SIGNALS, FILE_INOTIFY, FILE_EPOLL, FILE_PIDFD, FILE_TEXT };

struct watched {
	int wd;
	uint32_t mask;
	struct inode *inode;
};

struct told {
	int wd;
	uint32_t mask;
	char name[NAME];
};

enum { WATCHES = 40, QUEUE = 24, EPOLLED = 24 };

/* An open file description. */
struct file {
	enum file_kind kind;
	struct inode *inode;
	int flags, refs;
	size_t offset;
	struct process *process; /* whom a pidfd is of; who is told (async, dnotify) */
	int told_fd, told_signal;
	uint32_t dnotify; /* DN_* */
	bool async;
	sigset_t signals;
	char *text;
	struct {
		struct watched watches[WATCHES];
		struct told queue[QUEUE];
		int watch_count, queued, next_wd;
	} * inotify;
	struct {
		int fd[EPOLLED];
		struct file *file[EPOLLED];
		int count;
	} * epoll;
	struct file *next; /* all that tell of changes */
};

enum process_state {
	PROCESS_READY,
	PROCESS_WAITS,
	PROCESS_VFORK, /* for its child's exec */
	PROCESS_DYING, /* its descriptors are closed one after the other */
	PROCESS_ZOMBIE,
	PROCESS_GONE,
};

struct signal_info {
	int from; /* SI_USER or else */
	pid_t pid;
	int fd; /* of an rt signal */
};

struct process {
	pid_t pid;
	uint64_t start; /* ticks: with the pid, nobody else's */
	struct process *parent;
	enum process_state state;
	enum program program;
	int wstat;
	bool killed, stopped, subreaper;
	struct {
		struct file *file;
		bool cloexec;
	} fds[FDS];
	struct inode *cwd;
	struct coroutine *coroutine;
	int argc;
	char **argv;
	char *kept; /* RUNSV_KEPT */
	/* signals */
	sigset_t mask, pending, ignored, caught;
	struct signal_info info[NSIG];
	int rt[RT_QUEUE], rt_count; /* their descriptors */
	bool interrupted;
	int64_t alarm, alarm_again; /* 0: none */
	/* waiting: for this, or until then */
	bool (*until)(struct process *);
	void const *wanted;
	int64_t deadline;
	/* what is judged */
	struct service *service;
	int who;
	int64_t born, died;
	int64_t sent;        /* sv: when it wrote its letters */
	bool lives_as_actor; /* has executed its program */
	char *said;          /* sv's output */
	size_t said_len;
};

enum mutant {
	MUTANT_NONE,
	MUTANT_FLOCK,    /* a lock that is held is given once more */
	MUTANT_RECORD,   /* what a child writes between vfork and exec is not written */
	MUTANT_START,    /* all processes have one start time */
	MUTANT_TEE,      /* a letter that is copied is taken */
	MUTANT_RENAME,   /* a file is replaced in two steps */
	MUTANT_OVERFLOW, /* inotify loses events and does not say so */
	MUTANT_REAP,     /* a signal of a child's end is lost now and then */
	MUTANT_UNREAD,   /* a FIFO says that nothing is in it */
	MUTANT_MEMORY,   /* the ledger's memory is the process's own */
	MUTANT_COMMIT,   /* a ledger becomes valid before it is written */
	MUTANT_RDWR,     /* a FIFO that was opened for both is open for writing only */
	MUTANT_HOLD,     /* runsvdir can't open a pipe */
	MUTANTS
};

struct world {
	uint64_t seed, random;
	int64_t now;  /* monotonic */
	int64_t wall; /* what the wall clock is ahead of that */
	uint64_t steps, limit;
	int burst; /* steps until somebody else's turn */
	enum mutant mutant;
	struct process *table[TABLE];
	int processes;
	struct process *current, *init;
	struct file *listeners;
	struct inode *root, *null;
	uint64_t next_ino;
	pid_t next_pid;
	int64_t pid_free[PIDS]; /* when it was last another's */
	int fork_failures;      /* so many of the next forks fail */
	bool pidfd_tells;       /* PIDFD_GET_INFO is known */
	bool calm;              /* nothing is done to it any more */
	/* somebody is to be killed: whose, and at which of its next calls */
	struct process *target;
	int countdown;
	int64_t wall_set; /* when the wall clock was set last */
	char broken[256]; /* the invariant that does not hold */
	int verbose;      /* 1: what happens, 2: each call */
};
extern struct world w;

/* world.c */
void world_create(uint64_t seed);
void *arena(size_t size);  /* zeroed */
uint64_t dice(uint64_t n); /* 0 … n - 1 */
bool chance(unsigned int of_a_thousand);
void tell(char const *format, ...) __attribute__((format(printf, 1, 2)));
void trace(char const *format, ...) __attribute__((format(printf, 1, 2)));
void broken(char const *format, ...) __attribute__((format(printf, 1, 2)));
char *text_of(char const *format, ...) __attribute__((format(printf, 1, 2)));
/* One turn of somebody; false: nobody can do anything before `until`, which is now. */
bool world_turn(int64_t until);

/* coroutine.c: each process has a stack, and is left between two system calls only. */
void coroutine_start(struct process *p, int (*entry)(int, char **));
/* To the scheduler; returns when it is p's turn again. */
void coroutine_yield(void);
_Noreturn void coroutine_leave(void);
void coroutine_run(struct process *p);
/* Its process is dead; a parent that waits for this vforked one goes on. */
void coroutine_drop(struct process *p);
/* After exec of a vforked child: its parent goes on. */
_Noreturn void coroutine_parent(void);
bool coroutine_is_vforked(void);
/* The memory of a vforked child is its parent's. */
void coroutines_reset(void);

/* image.c: the static data of each program, one for each process. */
struct image;
extern char const *const program_names[PROGRAMS];
struct image *image_new(enum program program);
void image_enter(struct image *i);
void images_reset(void);
int (*program_entry(enum program program))(int, char **);

/* process.c */
struct process *process_new(struct process *parent);
void process_start(struct process *p, enum program program, struct inode *cwd,
		   char const *const *words);
void process_exec(struct process *p, enum program program, char const *const *words);
void process_signal(struct process *p, int sig, struct signal_info info);
void process_kill(struct process *p); /* -9, from outside */
void process_deliver(struct process *p);
void process_dies(struct process *p, int wstat);
void process_dies_on(struct process *p); /* the next step of that */
void process_reap(struct process *p);
bool process_lives(struct process const *p);
struct process *process_of(pid_t pid); /* zombies, too */
char const *process_name(struct process const *p);

/* A step: whoever calls may be killed, or another one may go on, before it happens. */
void step(void);
/* Waits until it is true, or until the deadline (INT64_MAX: none). 0, or EINTR, or ETIMEDOUT. */
int wait_until(bool (*until)(struct process *), void const *wanted, int64_t deadline);

/* file.c */
struct file *file_new(enum file_kind kind, struct inode *i, int flags);
int fd_new(struct file *f, bool cloexec, int least);
struct file *fd_file(int fd);
void fd_release(struct process *p, int fd);
void file_unref(struct file *f);

/* inode.c */
struct inode *inode_new(enum inode_kind kind, mode_t mode);
void inode_grow(struct inode *i, size_t capacity);
void inode_resize(struct inode *i, size_t size);
void inode_append(struct inode *i, char const *bytes, size_t n);
struct entry *dir_find(struct inode const *dir, char const *name);
void dir_add(struct inode *dir, char const *name, struct inode *i);
void dir_remove(struct inode *dir, char const *name);
/* Where a path leads: its inode (NULL: none), its directory, and the last name. Errno or 0. */
struct place {
	struct inode *dir, *inode;
	char name[NAME];
};
int walk(struct place *at, struct inode *from, char const *path, bool follow);
struct inode *tree(struct inode *from, char const *path); /* must be there */
struct inode *make_dir(struct inode *dir, char const *name);
struct inode *make_program(struct inode *dir, char const *name, enum program program);

/* fifo.c */
void fifo_opened(struct inode *i, int flags);
void fifo_closed(struct inode *i, int flags);
ssize_t fifo_read(struct file *f, char *to, size_t n);
ssize_t fifo_write(struct file *f, char const *from, size_t n);

/* notify.c */
void notify(struct inode *dir, uint32_t mask, char const *name, struct inode *of);
ssize_t inotify_take(struct file *f, char *to, size_t n);
void notify_async(struct inode *fifo);
void notify_closed(struct file *f);

/* events.c */
short file_events(struct file *f, struct process *p);

/* procfs.c: 0 or an errno; a file or, for a magic link, an inode. */
bool procfs_is(char const *path);
int procfs_open(char const *path, struct file **text, struct inode **link);

#endif
