#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <yajl/yajl_gen.h>

#include "json.h"
#include "stamp.h"

static yajl_gen gen;
static bool in_object;

static void flush(void)
{
	unsigned char const *text;
	size_t len;

	yajl_gen_get_buf(gen, &text, &len);
	fwrite(text, 1, len, stdout);
	putchar('\n');
	fflush(stdout);
	yajl_gen_free(gen);
	gen = NULL;
}

static void begin(void)
{
	gen = yajl_gen_alloc(NULL);
	if (!gen)
		abort();
	yajl_gen_config(gen, yajl_gen_validate_utf8, 1);
}

/* How many bytes of a character of UTF-8 begin here; 0: none does. */
static size_t character(unsigned char const *at, size_t len)
{
	size_t const n = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : *at >= 0xc2 ? 2 : 0;
	unsigned char const second = n > 1 && len > 1 ? at[1] : 0;

	if (!n || n > len || *at > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogates, above U+10FFFF */
	if ((*at == 0xe0 && second < 0xa0) || (*at == 0xed && second > 0x9f) ||
	    (*at == 0xf0 && second < 0x90) || (*at == 0xf4 && second > 0x8f))
		return 0;
	return n;
}

static void text_of(char const *bytes, size_t len)
{
	unsigned char const *at = (unsigned char const *)bytes;
	unsigned char *const safe = malloc(len * 3 + 1);
	size_t n = 0;

	if (!safe)
		abort();
	while (len) {
		size_t const c = character(at, len);
		memcpy(safe + n, c ? at : (unsigned char const *)"\357\277\275", c ? c : 3);
		n += c ? c : 3;
		at += c ? c : 1;
		len -= c ? c : 1;
	}
	yajl_gen_string(gen, safe, n);
	free(safe);
}

static void key(char const *name)
{
	yajl_gen_string(gen, (unsigned char const *)name, strlen(name));
}

static void put_text(char const *name, char const *text)
{
	key(name);
	text_of(text, strlen(text));
}

static void put_number(char const *name, uint64_t n)
{
	key(name);
	yajl_gen_integer(gen, (long long)n);
}

static void put_bool(char const *name, bool b)
{
	key(name);
	yajl_gen_bool(gen, b);
}

static void put_last(struct known const *f)
{
	key("last_end");
	if (!f->count) {
		yajl_gen_null(gen);
		return;
	}
	struct death const *const d = &f->deaths[f->count - 1];
	yajl_gen_map_open(gen);
	put_number("time", stamp_unix(&d->at));
	if (d->wstat != -1 && WIFSIGNALED(d->wstat))
		put_number("signal", (uint64_t)WTERMSIG(d->wstat));
	else if (d->wstat != -1)
		put_number("exit", (uint64_t)WEXITSTATUS(d->wstat));
	put_number("ran_ms", d->ran);
	put_number("pid", d->pid);
	put_text("cause", death_causes[d->cause]);
	put_bool("failed", d->failed);
	yajl_gen_map_close(gen);
}

void json_begin(bool verdict)
{
	begin();
	in_object = verdict;
	if (verdict) {
		yajl_gen_map_open(gen);
		key("services");
	}
	yajl_gen_array_open(gen);
}

static void put_state(struct known const *f)
{
	put_text("state", why_state(f));
	put_text("want", f->status.want == 'u' ? "up" : "down");
	put_number("pid", f->status.pid);
	put_number("since", stamp_unix(&f->status.since));
	put_number("age_ms", f->age);
	put_number("ends", f->count ? f->deaths[f->count - 1].number : 0);
	put_number("memory_kib", f->memory);
	put_number("cpu_ms", f->cpu);
	put_last(f);
}

void json_service(struct known const *f, enum why w, bool ready, char const *const *lines,
		  size_t count)
{
	char text[WHY_TEXT];

	why_text(f, w, text, sizeof text);
	yajl_gen_map_open(gen);
	put_text("name", f->name);
	put_bool("ready", ready);
	put_text("why", why_words[w]);
	put_text("text", text);
	if (f->supervised)
		put_state(f);
	if (lines) {
		key("log");
		yajl_gen_array_open(gen);
		for (size_t i = 0; i < count; i++)
			text_of(lines[i], strlen(lines[i]));
		yajl_gen_array_close(gen);
	}
	yajl_gen_map_close(gen);
}

void json_end(bool ready)
{
	yajl_gen_array_close(gen);
	if (in_object) {
		put_bool("ready", ready);
		yajl_gen_map_close(gen);
	}
	flush();
}

void json_line(char const *service, char const *line, size_t len)
{
	begin();
	yajl_gen_map_open(gen);
	put_text("service", service);
	key("line");
	text_of(line, len);
	yajl_gen_map_close(gen);
	flush();
}
