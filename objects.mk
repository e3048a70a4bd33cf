# The only place to add a file: the objects of each program, and the pure ones each unit test and fuzzer needs.
runsv_OBJ := $(addprefix runsv/,slot.o policy.o pair.o ticket.o record.o life.o supervise.o start.o child.o keep.o perform.o \
	settings.o publish.o holders.o numbers.o tree.o ended.o deaths.o report.o reexec.o runsv.o)
runsvdir_OBJ := $(addprefix runsvdir/,roster.o watch.o files.o place.o living.o pipe.o hold.o service.o scan.o \
	proctitle.o stop.o levels.o order.o saying.o ending.o cmd.o essential.o budget.o orphans.o options.o runsvdir.o)
sv_OBJ := sv/sv.o sv/command.o sv/goal.o sv/print.o sv/target.o sv/out.o sv/ask.o sv/check.o sv/watch.o sv/wait.o sv/facts.o sv/why.o \
	sv/names.o sv/logs.o sv/json.o sv/look.o runsv/record.o runsv/slot.o runsv/policy.o
svlogd_OBJ := $(addprefix svlogd/,svlogd.o signals.o input.o recover.o deliver.o flush.o store.o ledger.o logdir.o current.o line.o config.o \
	rotate.o pattern.o select.o settings.o show.o outlet.o udp.o old.o queue.o queues.o process.o)
chpst_OBJ := chpst/chpst.o chpst/plan.o chpst/apply.o chpst/limits.o chpst/envdir.o chpst/account.o chpst/caps.o chpst/landlock.o
sv-from-supervisord_OBJ := $(addprefix convert/,text.o lines.o conf.o words.o quote.o expand.o parse.o daemonise.o report.o json.o \
	keys.o judge-process.o judge-life.o judge-log.o judge-other.o programs.o emit.o write.o sv-from-supervisord.o)
my_init_OBJ := $(addprefix my_init/,args.o dump.o times.o files.o environment.o say.o startup.o leftover.o shutdown.o my_init.o)

# The simulation: its own, what it reads, the programs whose objects it runs, and which of their calls
# are the C library's there, too (all others are the model's: tests/sim/calls.h).
sim_OBJ := $(addprefix tests/sim/,context.o coroutine.o image.o world.o process.o file.o inode.o fifo.o notify.o \
	events.o procfs.o memory.o calls_file.o calls_io.o calls_process.o actors.o services.o operator.o judge.o log.o \
	settled.o sim.o) runsv/record.o runsv/slot.o runsv/policy.o svlogd/ledger.o
sim_PROGRAMS := runsvdir runsv sv svlogd
sim_PURE := _GLOBAL_OFFSET_TABLE_ __errno_location __libc_current_sigrtmin __stack_chk_fail bcmp gmtime_r htons \
	memchr memcmp memcpy memmove memrchr memset sigaddset sigdelset sigemptyset sigfillset sim_fence \
	sim_ledger_memcpy strchr strcmp strcspn strerror strlen strncat strncmp strnlen strrchr strspn \
	strtol strtoull atoi bsearch qsort strncpy strsignal strstr

args_UNIT := my_init/args.o
dump_UNIT := my_init/dump.o
times_UNIT := my_init/times.o
status_UNIT :=
death_UNIT :=
why_UNIT := sv/why.o runsv/policy.o
value_UNIT :=
policy_UNIT := runsv/policy.o
order_UNIT := runsvdir/order.o
ledger_UNIT := svlogd/ledger.o
select_UNIT := svlogd/select.o svlogd/pattern.o svlogd/line.o
pattern_UNIT := svlogd/pattern.o
line_UNIT := svlogd/line.o
config_UNIT := svlogd/config.o
rotate_UNIT := svlogd/rotate.o
queue_UNIT := svlogd/queue.o
plan_UNIT := chpst/plan.o
space_UNIT := runsv/slot.o runsv/policy.o runsv/pair.o runsv/ticket.o
slot_UNIT := runsv/slot.o runsv/policy.o
pair_UNIT := runsv/slot.o runsv/policy.o runsv/pair.o
ticket_UNIT := runsv/slot.o runsv/policy.o runsv/ticket.o
record_UNIT := runsv/slot.o runsv/policy.o runsv/record.o
stop_UNIT := runsvdir/stop.o runsvdir/levels.o runsvdir/order.o runsvdir/roster.o
stopspace_UNIT := $(stop_UNIT)
roster_UNIT := runsvdir/roster.o
table_UNIT := runsv/slot.o runsv/policy.o
command_UNIT := sv/command.o
goal_UNIT := sv/goal.o
print_UNIT := sv/print.o
target_UNIT := sv/target.o
words_UNIT := convert/words.o convert/text.o
quote_UNIT := convert/quote.o convert/text.o
expand_UNIT := convert/expand.o convert/text.o
lines_UNIT := convert/lines.o
parse_UNIT := convert/parse.o convert/text.o
daemonise_UNIT := convert/daemonise.o convert/words.o convert/text.o

# What must be covered whole (tests/coverage): the above, and what all unit tests have or need nothing for.
PURE := $(sort $(foreach v,$(filter %_UNIT,$(.VARIABLES)),$($(v))) lib/status.o lib/letters.o lib/value.o lib/death.o)

status_FUZZ := sv/print.o
goal_FUZZ := sv/goal.o
sv_FUZZ := sv/command.o sv/target.o
plan_FUZZ := chpst/plan.o
envdir_FUZZ := chpst/envdir.o
pattern_FUZZ := svlogd/pattern.o
config_FUZZ := svlogd/config.o svlogd/select.o svlogd/pattern.o svlogd/line.o
select_FUZZ := svlogd/select.o svlogd/pattern.o svlogd/line.o
line_FUZZ := svlogd/line.o
rotate_FUZZ := svlogd/rotate.o svlogd/config.o
queue_FUZZ := svlogd/queue.o
ledger_FUZZ := svlogd/ledger.o
record_FUZZ := runsv/slot.o runsv/policy.o runsv/record.o
stop_FUZZ := runsvdir/stop.o runsvdir/levels.o runsvdir/order.o runsvdir/roster.o
letters_FUZZ := $(addprefix tests/fuzz/,world.o events.o again.o check.o) $(addprefix runsv/,slot.o policy.o pair.o ticket.o record.o)
words_FUZZ := convert/words.o convert/quote.o convert/text.o
expand_FUZZ := convert/expand.o convert/text.o
roster_FUZZ := tests/fuzz/tree.o runsvdir/roster.o
