#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kernel.h"

/* A vforked child runs on the stack of its parent, as in life. */
struct coroutine {
	void *sp;
	char *stack;
	struct process *process; /* on it now */
	struct process *parent;  /* that waits for the vforked child */
	uint64_t registers[8];   /* where its vfork returns to */
	pid_t vforked;           /* what it returns then; 0: nothing is due */
	struct image *image;
	int (*entry)(int, char **);
	struct coroutine *free;
};

enum { STACK = 128 * 1024 };

static struct coroutine *free_ones, *running, *all[TABLE];
static int made;
static void *scheduler;
uint64_t context_registers[8];

void context_switch(void **save, void *load);
void context_vfork_return(void **save, uint64_t const registers[8], int pid);
int vfork_begin(void);

static struct coroutine *take(void)
{
	struct coroutine *c = free_ones;

	if (c) {
		free_ones = c->free;
		return c;
	}
	c = calloc(1, sizeof *c);
	if (!c || made == TABLE)
		abort();
	c->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->stack == MAP_FAILED)
		abort();
	all[made++] = c;
	return c;
}

static void give_back(struct coroutine *c)
{
	c->process = c->parent = NULL;
	c->free = free_ones;
	free_ones = c;
}

int sim__exit(int code);

static void begin(void)
{
	struct process *const p = running->process;

	sim__exit(running->entry(p->argc, p->argv));
}

void coroutine_start(struct process *p, int (*entry)(int, char **))
{
	struct coroutine *const c = take(), *const old = p->coroutine;
	void **sp = (void **)(void *)(c->stack + STACK) - 2;

	*sp = (void *)begin;
	sp -= 6; /* six registers, whatever they hold */
	for (int i = 0; i < 6; i++)
		sp[i] = NULL;
	c->sp = sp;
	c->process = p;
	c->parent = NULL;
	c->vforked = 0;
	c->entry = entry;
	c->image = image_new(p->program);
	p->coroutine = c;
	/* exec: what is left of the old program runs there until it leaves */
	if (old && !old->parent)
		give_back(old);
}

void coroutine_yield(void)
{
	int const e = errno;

	context_switch(&running->sp, scheduler);
	errno = e;
}

_Noreturn void coroutine_leave(void)
{
	context_switch(&running->sp, scheduler);
	abort();
}

void coroutine_run(struct process *p)
{
	struct coroutine *const c = p->coroutine;
	pid_t const vforked = c->vforked;

	running = c;
	image_enter(c->image);
	c->vforked = 0;
	if (vforked)
		context_vfork_return(&scheduler, c->registers, vforked);
	else
		context_switch(&scheduler, c->sp);
	running = NULL;
}

/* Its place on the stack is the parent's again. */
static void to_parent(struct coroutine *c, pid_t child)
{
	struct process *const parent = c->parent;

	c->parent = NULL;
	c->process = parent;
	if (parent->coroutine != c) { /* it was killed meanwhile */
		give_back(c);
		return;
	}
	c->vforked = child;
	parent->state = PROCESS_READY;
}

void coroutine_drop(struct process *p)
{
	struct coroutine *const c = p->coroutine;

	p->coroutine = NULL;
	if (!c || c->process != p)
		return; /* a vforked child goes on in it */
	if (c->parent)
		to_parent(c, p->pid);
	else
		give_back(c);
}

_Noreturn void coroutine_parent(void)
{
	struct coroutine *const c = running;
	struct process *const child = c->process;

	to_parent(c, child->pid);
	coroutine_leave();
}

bool coroutine_is_vforked(void)
{
	return running->parent != NULL;
}

/* Called by sim_vfork with its registers: 0, for the child. */
int vfork_begin(void)
{
	struct coroutine *const c = running;
	struct process *const parent = w.current;

	for (int i = 0; i < 8; i++)
		c->registers[i] = context_registers[i];
	step();
	if (w.fork_failures > 0 || w.processes > TABLE - 16) {
		w.fork_failures -= w.fork_failures > 0;
		tell("%s can't fork", process_name(parent));
		errno = EAGAIN;
		return -1;
	}
	struct process *const child = process_new(parent);
	child->coroutine = c;
	c->parent = parent;
	c->process = child;
	parent->state = PROCESS_VFORK;
	w.current = child;
	return 0;
}

void coroutines_reset(void)
{
	free_ones = NULL;
	for (int i = 0; i < made; i++)
		give_back(all[i]);
}
