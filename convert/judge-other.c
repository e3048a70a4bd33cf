#include <string.h>
#include <strings.h>

#include "judge.h"
#include "parse.h"
#include "text.h"

/* The keys of sections that are no programs. */

enum verdict judge_minfds(struct judge *j)
{
	long n;

	if (!parse_int(j->value, &n) || n < 0)
		return judge_refuse(j, "it is no number");
	if (n <= 1024)
		return judge_say(j, SAME, "no system gives less");
	j->all->files = (unsigned long)n;
	return judge_say(j, SAME, "run raises the limit of open files if it is lower");
}

enum verdict judge_minprocs(struct judge *j)
{
	long n;

	if (!parse_int(j->value, &n) || n < 0)
		return judge_refuse(j, "it is no number");
	if (n <= 200)
		return judge_say(j, SAME, "no system gives less");
	return judge_say(
		j, LOST,
		"nothing raises the limit of processes: give it to the container or to the user");
}

enum verdict judge_nodaemon(struct judge *j)
{
	if (!parse_bool(j->value, &j->all->stays))
		return judge_refuse(j, "it is neither true nor false");
	if (j->all->stays)
		return judge_say(j, SAME, "runsvdir stays in the foreground");
	return judge_say(
		j, CHANGED,
		"runsvdir stays in the foreground: whoever starts it puts it into the background");
}

enum verdict judge_logfile(struct judge *j)
{
	if (!strcmp(j->value, "/dev/null") || !strcmp(j->value, "/dev/stdout") ||
	    !strcmp(j->value, "/dev/stderr") || !strcmp(j->value, "/dev/fd/1") ||
	    !strcmp(j->value, "/dev/fd/2"))
		return judge_say(j, SAME,
				 "runsvdir and runsv say on standard error what goes wrong");
	return judge_say(
		j, CHANGED,
		"runsvdir and runsv say on standard error what goes wrong, and write no file");
}

enum verdict judge_childlogdir(struct judge *j)
{
	size_t len = strlen(j->value);

	while (len > 1 && j->value[len - 1] == '/')
		len--;
	j->all->log_dir = text_copy(j->value, len);
	return judge_say(j, SAME,
			 "there are the directories of logs that have no file of their own");
}

enum verdict judge_chmod(struct judge *j)
{
	unsigned int mode;

	if (!parse_octal(j->value, &mode))
		return judge_refuse(j, "it is no octal number");
	if (!(mode & 077))
		return judge_say(j, SAME, "supervise/ is open to nobody else either");
	return judge_say(j, LOST,
			 "supervise/ is open to the user of runsv alone: others can't use sv");
}

/* The files are read before, by main. */
enum verdict judge_include(struct judge *j)
{
	if (!j->conf->included)
		return judge_say(j, SAME,
				 "nothing matches it, which supervisord is content with, too");
	return judge_say(j, SAME, "read as well: %zu", j->conf->included);
}

enum verdict judge_factory(struct judge *j)
{
	if (!strcmp(j->value, "supervisor.rpcinterface:make_main_rpcinterface"))
		return judge_say(j, SAME, "what supervisorctl needs; sv needs none");
	return judge_say(j, LOST, "a plugin of supervisord, which nothing here can load");
}

enum verdict judge_events(struct judge *j)
{
	if (strcasestr(j->value, "PROCESS_STATE"))
		return judge_say(
			j, LOST,
			"there are no events; to end the container when that program has "
			"failed: essential: failed with restart: no, or a budget of failures, "
			".runsvdir/restart-budget; and runsvdir as process 1 or with -c");
	if (strcasestr(j->value, "TICK"))
		return judge_say(j, LOST,
				 "there are no events; what is done now and then is a service that "
				 "waits, or cron's");
	return judge_say(j, LOST, "there are no events");
}

enum verdict judge_listener(struct judge *j)
{
	static struct {
		char const *name, *sentence;
	} const known[] = {
		{ "memmon", "nothing restarts what grows: chpst -m limits the memory of a program "
			    "in its run" },
		{ "httpok",
		  "nothing restarts what does not answer: a check file is asked by sv only" },
		{ "crashmail",
		  "nothing is mailed: a finish file runs after each end, with the exit code" },
		{ "fatalmailbatch",
		  "nothing is mailed: a finish file runs after each end, with the exit code" },
		{ "crashmailbatch",
		  "nothing is mailed: a finish file runs after each end, with the exit code" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strstr(j->value, known[i].name))
			return judge_say(j, LOST, "%s", known[i].sentence);
	return judge_say(j, LOST, "nothing is written for a listener");
}

enum verdict judge_socket(struct judge *j)
{
	if (!strncmp(j->value, "unix://", 7))
		return judge_say(j, LOST,
				 "nothing opens the socket for descriptor 0; "
				 "s6-ipcserver-socketbinder %s PROGRAM does, "
				 "where s6-networking is installed",
				 j->value + 7);
	return judge_say(j, LOST,
			 "nothing opens the socket for descriptor 0; s6-tcpserver-socketbinder "
			 "HOST PORT PROGRAM does, "
			 "where s6-networking is installed");
}
