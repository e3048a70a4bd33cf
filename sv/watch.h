#ifndef TEND_WATCH_H
#define TEND_WATCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* The events of a wait, all read from one signalfd: a change in a supervise/ (dnotify), the end of
 * the reader of an ok (a signal-driven descriptor: the news stays in the queue even if the next
 * runsv opens ok at once), children, and the signals that end us. */
struct watch {
	int signals; /* the signalfd */
	int inotify; /* -1 until dnotify was refused once */
	sigset_t inherited;
};

enum news {
	NEWS_FD,
	NEWS_ALL, /* some were lost: look at everything */
	NEWS_CHILD,
	NEWS_END,
};

struct watch_event {
	enum news news;
	int value; /* the descriptor, or the signal that ends us */
};

/* Blocks the signals and opens the signalfd. False with errno. */
bool watch_init(struct watch *w);

/* Reports changes of the directory fd from now on. False: nothing can; look again now and then. */
bool watch_directory(struct watch *w, int fd);

/* Reports the end of the last reader of the FIFO fd, which is open for writing. */
void watch_reader(int fd);

/* Waits until there is something to read, or the deadline (watch_clock's; -1: none). */
void watch_wait(struct watch const *w, int64_t deadline);

/* Reads up to max events without waiting; returns how many. */
#define WATCH_EVENTS 64
int watch_read(struct watch *w, struct watch_event events[WATCH_EVENTS]);

/* Ends us by a signal that was NEWS_END, as it would have done by itself. */
void watch_obey(int sig);

/* The monotonic clock in nanoseconds. */
int64_t watch_clock(void);

#endif
