#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "daemonise.h"
#include "text.h"
#include "words.h"

/* How a daemon stays in the foreground. */
struct daemon {
	char const *name;  /* the program's, or the service's */
	char const *needs; /* one of these words, or it goes into the background; NULL: it does not
			      by itself */
	char const *never; /* with any of these it does; NULL: none */
	char const *form;
};

/* clang-format off */
static struct daemon const daemons[] = {
	{ "apache2",        "-DFOREGROUND FOREGROUND -X -DNO_DETACH NO_DETACH", NULL, "apache2ctl -D FOREGROUND" },
	{ "httpd",          "-DFOREGROUND FOREGROUND -X -DNO_DETACH NO_DETACH -f", NULL, "httpd -D FOREGROUND" },
	{ "apache2ctl",     "-DFOREGROUND FOREGROUND -X", NULL, "apache2ctl -D FOREGROUND" },
	{ "apachectl",      "-DFOREGROUND FOREGROUND -X", NULL, "apachectl -D FOREGROUND" },
	{ "atd",            "-f", NULL, "atd -f" },
	{ "catalina.sh",    "run debug", "start", "catalina.sh run" },
	{ "startup.sh",     "run", NULL, "catalina.sh run" },
	{ "chronyd",        "-n -d -x", NULL, "chronyd -n" },
	{ "cron",           "-f", NULL, "cron -f" },
	{ "crond",          "-f -n -d", NULL, "crond -f (of busybox) or crond -n (of cronie)" },
	{ "dnsmasq",        "-k --keep-in-foreground -d --no-daemon", NULL, "dnsmasq -k" },
	{ "dockerd",        NULL, NULL, "dockerd" },
	{ "dovecot",        "-F", NULL, "dovecot -F" },
	{ "exim4",          "-bdf", NULL, "exim4 -bdf -q30m" },
	{ "fail2ban-server", "-f", NULL, "fail2ban-server -f" },
	{ "haproxy",        NULL, "-D", "haproxy -W -db -f /etc/haproxy/haproxy.cfg" },
	{ "lighttpd",       "-D", NULL, "lighttpd -D -f /etc/lighttpd/lighttpd.conf" },
	{ "mariadbd",       NULL, "--daemonize", "mariadbd --user=mysql" },
	{ "memcached",      NULL, "-d", "memcached -u memcache" },
	{ "mongod",         NULL, "--fork", "mongod --config /etc/mongod.conf" },
	{ "monit",          "-I", NULL, "monit -I" },
	{ "mysql",          NULL, NULL, "mysqld --user=mysql" },
	{ "mysqld",         NULL, "--daemonize -D", "mysqld --user=mysql" },
	{ "named",          "-f -g", NULL, "named -f -u bind" },
	{ "nginx",          "~daemon off", NULL, "nginx -g 'daemon off;'" },
	{ "nmbd",           "-F --foreground -i", NULL, "nmbd --foreground --no-process-group" },
	{ "ntpd",           "-n -d", NULL, "ntpd -n" },
	{ "php-fpm",        "-F --nodaemonize", NULL, "php-fpm -F" },
	{ "pm2",            NULL, "start", "pm2-runtime start" },
	{ "postfix",        "start-fg", NULL, "postfix start-fg" },
	{ "postgres",       NULL, NULL, "postgres -D DATA" },
	{ "postgresql",     NULL, NULL, "postgres -D DATA, as the user postgres" },
	{ "pg_ctl",         NULL, "start restart", "postgres -D DATA, as the user postgres" },
	{ "proftpd",        "-n --nodaemon", NULL, "proftpd -n" },
	{ "rabbitmq-server", NULL, "-detached", "rabbitmq-server" },
	{ "redis",          NULL, NULL, "redis-server /etc/redis/redis.conf --daemonize no" },
	{ "redis-server",   NULL, "~--daemonize yes", "redis-server /etc/redis/redis.conf --daemonize no" },
	{ "redis-sentinel", NULL, "~--daemonize yes", "redis-sentinel /etc/redis/sentinel.conf --daemonize no" },
	{ "rsyslogd",       "-n", NULL, "rsyslogd -n" },
	{ "rsyslog",        NULL, NULL, "rsyslogd -n" },
	{ "slapd",          "-d", NULL, "slapd -d 0 -h ldap:///" },
	{ "smbd",           "-F --foreground -i", NULL, "smbd --foreground --no-process-group" },
	{ "snmpd",          "-f", NULL, "snmpd -f" },
	{ "squid",          "-N --foreground", NULL, "squid --foreground" },
	{ "ssh",            NULL, NULL, "/usr/sbin/sshd -D" },
	{ "sshd",           "-D -d", NULL, "/usr/sbin/sshd -D" },
	{ "supervisord",    "-n --nodaemon", NULL, "that configuration, converted as well" },
	{ "syslog-ng",      "-F --foreground", NULL, "syslog-ng -F" },
	{ "tomcat",         NULL, NULL, "catalina.sh run" },
	{ "uwsgi",          NULL, "-d --daemonize --daemonize2", "uwsgi without --daemonize" },
	{ "varnishd",       "-F -d", NULL, "varnishd -F -a :80 -b BACKEND" },
	{ "vsftpd",         "~background=NO -obackground=NO", NULL, "vsftpd -obackground=NO" },
	{ "xinetd",         "-dontfork -d", NULL, "xinetd -dontfork" },
};
/* clang-format on */

struct words {
	char const **at;
	size_t count;
};

static struct words index_words(char const *s, size_t count)
{
	struct words w = { malloc((count + 1) * sizeof *w.at), 0 };

	while (w.at && w.count < count) {
		w.at[w.count++] = s;
		s += strlen(s) + 1;
	}
	return w;
}

static char const *base_name(char const *path)
{
	char const *const slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The name of a program or service without what only tells versions and places apart. */
static bool is_named(char const *given, char const *name)
{
	size_t const len = strlen(name);

	if (strncmp(given, name, len) != 0)
		return false;
	given += len;
	/* php-fpm8.2, tomcat10, nginx.service, but not redis-server for redis */
	given += strspn(given, "0123456789.");
	return !*given || !strcmp(given, "service");
}

static struct daemon const *daemon_named(char const *given)
{
	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++)
		if (is_named(given, daemons[i].name))
			return &daemons[i];
	return NULL;
}

/* A letter may be one of several behind a dash: -Dd. Longer ones are a letter and its value. */
static bool has_letter(char const *word, char letter)
{
	return word[0] == '-' && word[1] != '-' && strlen(word) <= 4 && strchr(word, letter);
}

static bool has_word(struct words const *w, char const *want, size_t len)
{
	for (size_t i = 1; i < w->count; i++)
		if ((strlen(w->at[i]) == len && !memcmp(w->at[i], want, len)) ||
		    (len == 2 && *want == '-' && has_letter(w->at[i], want[1])))
			return true;
	return false;
}

/* Whether any word of the list is there. After ~ it is one text, that is looked for in all words.
 */
static bool has_any(struct words const *w, char const *list)
{
	if (*list == '~') {
		stralloc all = STRALLOC_ZERO;
		for (size_t i = 1; i < w->count; i++) {
			text_add(&all, w->at[i]);
			text_add(&all, " ");
		}
		bool const found = strstr(text_end(&all), list + 1) != NULL;
		stralloc_free(&all);
		return found;
	}
	for (size_t len; (list += strspn(list, " ")), (len = strcspn(list, " ")) > 0; list += len)
		if (has_word(w, list, len))
			return true;
	return false;
}

/* The fault, and what stays in the foreground instead where that is known. */
__attribute__((format(printf, 2, 3))) static char *instead(char const *service, char const *format,
							   ...)
{
	struct daemon const *const d = service ? daemon_named(base_name(service)) : NULL;
	va_list args;

	va_start(args, format);
	char *const fault = text_vformat(format, args);
	va_end(args);
	char *const all =
		d ? text_format("%s; in the foreground it is: %s", fault, d->form)
		  : text_format("%s; which command is it that stays in the foreground?", fault);
	free(fault);
	return all;
}

static bool is_verb(char const *s)
{
	static char const *const verbs[] = { "start", "restart", "reload",
					     "stop",  "status",  "graceful" };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(s, verbs[i]))
			return true;
	return false;
}

/* service NAME VERB, and the reverse, with which nothing ever starts. */
static char *service_fault(struct words const *w)
{
	char const *const name = w->count > 1 ? w->at[1] : "", *const verb =
								       w->count > 2 ? w->at[2] : "";

	if (is_verb(name) && *verb && !is_verb(verb))
		return instead(verb,
			       "the arguments are swapped: it would be `service %s "
			       "%s`, which starts a "
			       "daemon in the background and ends",
			       verb, name);
	return instead(name, "service starts a daemon in the background and ends");
}

static bool ends_with(char const *s, char const *end)
{
	size_t const a = strlen(s), b = strlen(end);

	return a >= b && !strcmp(s + a - b, end);
}

/* What starts others: the words behind it say what. */
static char *starter_fault(struct words const *w)
{
	char const *const name = base_name(w->at[0]);

	if (!strcmp(name, "service") || !strcmp(name, "invoke-rc.d"))
		return service_fault(w);
	if (!strncmp(w->at[0], "/etc/init.d/", 12) || !strncmp(w->at[0], "/etc/rc.d/", 10))
		return instead(name, "%s starts a daemon in the background and ends", w->at[0]);
	if (!strcmp(name, "systemctl"))
		return instead(w->count > 2 ? w->at[2] : NULL,
			       "systemctl asks systemd to start a daemon, and ends");
	if (!strcmp(name, "nohup"))
		return instead(NULL, "nohup is for what outlives its terminal: here there is none");
	if (!strcmp(name, "daemonize") || !strcmp(name, "daemon"))
		return instead(NULL, "%s puts its command into the background", name);
	if (!strcmp(name, "start-stop-daemon") &&
	    (has_any(w, "-b --background") || !has_any(w, "-S --start")))
		return instead(NULL, "start-stop-daemon -b puts its command into the background");
	if (!strcmp(name, "screen") && has_any(w, "-dm -dmS"))
		return instead(NULL, "screen -d -m puts its command into the background");
	if (!strcmp(name, "docker") && w->count > 1 && !strcmp(w->at[1], "run") &&
	    has_any(w, "-d --detach"))
		return instead(NULL, "docker run -d leaves the container alone: leave out -d");
	if (!strcmp(name, "celery") && has_any(w, "multi --detach"))
		return text_format("celery multi puts its workers into the background; in the "
				   "foreground it is: celery worker");
	return NULL;
}

/* --daemon and --daemonize, of any program; not if they are denied. */
static bool asks_for_daemon(struct words const *w)
{
	for (size_t i = 1; i < w->count; i++) {
		char const *s = w->at[i];
		if (strncmp(s, "--daemon", 8) != 0 && strcmp(s, "--detach") != 0 &&
		    strcmp(s, "-daemon") != 0)
			continue;
		s += strcspn(s, "=");
		char const *const value = *s ? s + 1 : i + 1 < w->count ? w->at[i + 1] : "";
		if (strcmp(value, "no") != 0 && strcmp(value, "off") != 0 &&
		    strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
			return true;
	}
	return false;
}

/* Debian's configuration of Redis says that it is to be a daemon. */
static bool is_debian_redis(struct words const *w, char const *name)
{
	return !strncmp(name, "redis-", 6) &&
	       has_any(w, "/etc/redis/redis.conf /etc/redis/sentinel.conf") &&
	       !has_any(w, "~--daemonize no");
}

static char *program_fault(struct words const *w)
{
	char const *const name = base_name(w->at[0]);
	struct daemon const *const d = daemon_named(name);

	if (d && d->needs && !has_any(w, d->needs))
		return instead(name, "%s goes into the background by itself", name);
	if (is_debian_redis(w, name))
		return instead(name,
			       "%s goes into the background if its configuration says "
			       "daemonize yes",
			       name);
	if (d && d->never && has_any(w, d->never))
		return instead(name, "%s puts a daemon into the background", name);
	if (asks_for_daemon(w) && !(d && d->needs))
		return d ? instead(name, "%s is told to go into the background", name)
			 : text_format(
				   "%s is told to go into the background: leave that option out",
				   name);
	if (!d && ends_with(name, "ctl") && w->count > 1 && !strcmp(w->at[1], "start"))
		return instead(NULL, "%s start starts a daemon in the background and ends", name);
	return NULL;
}

static char *words_fault(struct words w, bool last);

/* The simple commands of a script, as far as that can be seen without being a shell. */
static char *script_fault(char const *script)
{
	stralloc bytes = STRALLOC_ZERO;
	struct words all = { NULL, 0 };
	char const *why;
	char *fault = NULL;
	size_t count, from = 0;

	if (words_split(&bytes, &count, script, &why))
		all = index_words(bytes.s, count);
	for (size_t i = 0; i < all.count && !fault; i++) {
		char *const word = (char *)all.at[i];
		size_t const len = strlen(word);
		bool const mark = !strcmp(word, "&&") || !strcmp(word, "||") ||
				  !strcmp(word, ";") || !strcmp(word, "|") || !strcmp(word, "&");
		bool const semicolon = len > 1 && word[len - 1] == ';', end = i + 1 == all.count;
		if (!strcmp(word, "&") && end)
			fault = instead(NULL, "its last command is put into the background by &");
		if (semicolon && !strstr(word, "off;"))
			word[len - 1] = 0;
		if (fault || !(mark || semicolon || end))
			continue;
		struct words const w = { all.at + from, i + !mark - from };
		fault = words_fault(w, end);
		from = i + 1;
	}
	free((void *)all.at);
	stralloc_free(&bytes);
	return fault;
}

/* Words before the program's own name: sh's, and those of programs that become their arguments. */
static size_t prefix(struct words const *w)
{
	size_t i = 0;

	while (i < w->count) {
		char const *const s = base_name(w->at[i]);
		if (!strcmp(s, "exec") || !strcmp(s, "sudo") || !strcmp(s, "env") ||
		    !strcmp(s, "tini") || !strcmp(s, "--") || !strcmp(s, "dumb-init") ||
		    (strchr(s, '=') && *s != '-' && *w->at[i] != '/'))
			i++;
		else if ((!strcmp(s, "gosu") || !strcmp(s, "su-exec")) && i + 1 < w->count)
			i += 2;
		else
			break;
	}
	return i;
}

static bool is_shell(char const *name)
{
	return !strcmp(name, "sh") || !strcmp(name, "bash") || !strcmp(name, "dash") ||
	       !strcmp(name, "ash") || !strcmp(name, "zsh");
}

/* last: the shell that runs it ends with it. */
static char *words_fault(struct words w, bool last)
{
	size_t const skip = prefix(&w);

	w.at += skip;
	w.count -= skip;
	if (!w.count)
		return NULL;
	if (is_shell(base_name(w.at[0])))
		for (size_t i = 1; i + 1 < w.count && *w.at[i] == '-'; i++)
			if (ends_with(w.at[i], "c"))
				return script_fault(w.at[i + 1]);
	char *const fault = starter_fault(&w);
	return fault || !last ? fault : program_fault(&w);
}

char *daemonise_fault(char const *words, size_t count)
{
	struct words const w = index_words(words, count);
	char *const fault = words_fault(w, true);

	free((void *)w.at);
	return fault;
}
