#include <stdlib.h>

#include "daemonise.h"
#include "tap.h"
#include "text.h"
#include "words.h"

static struct {
	char const *command, *fault; /* a part of it; NULL: none */
} const rows[] = {
	{ "/srv/app --port 80", NULL },
	{ "service start tomcat", "swapped: it would be `service tomcat start`" },
	{ "service start tomcat", "catalina.sh run" },
	{ "service tomcat9 start", "catalina.sh run" },
	{ "service ssh start", "/usr/sbin/sshd -D" },
	{ "service frob start", "which command is it" },
	{ "service", "which command is it" },
	{ "invoke-rc.d cron start", "cron -f" },
	{ "/etc/init.d/nginx start", "daemon off" },
	{ "systemctl start redis.service", "--daemonize no" },
	{ "systemctl daemon-reload", "which command is it" },
	{ "/usr/sbin/apache2 -DFOREGROUND", NULL },
	{ "/usr/sbin/apache2 -D FOREGROUND", NULL },
	{ "apache2 -k start", "apache2ctl -D FOREGROUND" },
	{ "apache2ctl start", "apache2ctl -D FOREGROUND" },
	{ "apachectl -DFOREGROUND", NULL },
	{ "nginx -g 'daemon off;'", NULL },
	{ "nginx -g 'pid /tmp/x; daemon off;'", NULL },
	{ "nginx -c x.conf", "nginx -g 'daemon off;'" },
	{ "sshd -De", NULL },
	{ "sshd", "-D" },
	{ "sshd --D", "-D" },
	{ "cron -f", NULL },
	{ "crond -n", NULL },
	{ "php-fpm8.2 -F", NULL },
	{ "php-fpm8.2 --nodaemonize", NULL },
	{ "php-fpm8.2", "php-fpm -F" },
	{ "redis-server", NULL },
	{ "redis-server --daemonize yes", "--daemonize no" },
	{ "redis-server --daemonize no", NULL },
	{ "redis-server /etc/redis/redis.conf", "if its configuration" },
	{ "redis-server /etc/redis/redis.conf --daemonize no", NULL },
	{ "redis-cli --daemonize", "leave that option out" },
	{ "memcached -u nobody", NULL },
	{ "memcached -d -u nobody", "memcached -u memcache" },
	{ "mysqld --user=mysql", NULL },
	{ "mysqld --daemonize", "mysqld --user=mysql" },
	{ "gunicorn --daemon app", "leave that option out" },
	{ "x --daemon=false", NULL },
	{ "x --daemonize 0", NULL },
	{ "x -daemon", "leave that option out" },
	{ "rsyslogd -n", NULL },
	{ "rsyslogd", "rsyslogd -n" },
	{ "pg_ctl start -D x", "postgres -D DATA" },
	{ "pg_ctl promote", NULL },
	{ "frobctl start", "which command is it" },
	{ "frobctl status", NULL },
	{ "catalina.sh start", "catalina.sh run" },
	{ "catalina.sh run", NULL },
	{ "/opt/t/startup.sh", "catalina.sh run" },
	{ "nohup x", "which command is it" },
	{ "daemonize /srv/x", "background" },
	{ "start-stop-daemon -S -b -x y", "background" },
	{ "start-stop-daemon --start --exec y", NULL },
	{ "screen -dmS x y", "background" },
	{ "docker run --rm x", NULL },
	{ "docker run -d x", "leave out -d" },
	{ "celery multi start w", "celery worker" },
	{ "celery worker", NULL },
	{ "supervisord", "converted as well" },
	{ "supervisord -n", NULL },
	{ "env A=b exec cron", "cron -f" },
	{ "gosu app cron -f", NULL },
	{ "gosu app cron", "cron -f" },
	{ "env", NULL },
	{ "sh -c 'cron'", "cron -f" },
	{ "bash -ec 'cd /; exec cron'", "cron -f" },
	{ "sh -c 'cd / && exec cron -f'", NULL },
	{ "sh -c 'service cron start; tail -f /dev/null'", "cron -f" },
	{ "sh -c 'cron ; tail -f /dev/null'", NULL },
	{ "sh -c '/srv/x &'", "by &" },
	{ "sh -c '/srv/x & wait'", NULL },
	{ "sh -c \"nginx -g 'daemon off;'\"", NULL },
	{ "sh -c \"a 'b\"", NULL },
	{ "sh script", NULL },
	{ "sh", NULL },
	{ "bash -c \"source /etc/apache2/envvars && exec /usr/sbin/apache2 -DFOREGROUND\"", NULL },
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stralloc words = STRALLOC_ZERO;
		char const *why;
		size_t count = 0;
		ok(words_split(&words, &count, rows[i].command, &why), "words");
		char *const fault = daemonise_fault(words.s, count);
		if (!ok(rows[i].fault ? fault && strstr(fault, rows[i].fault) : !fault,
			rows[i].command))
			printf("# got %s\n", fault ? fault : "nothing");
		free(fault);
		stralloc_free(&words);
	}
	return done();
}
