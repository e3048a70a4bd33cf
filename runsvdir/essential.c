#include <fcntl.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "essential.h"
#include "files.h"
#include "living.h"
#include "place.h"

void essential_note(struct scanner const *s, struct entry *e)
{
	struct place const at = place_of(s, e);
	int const fd = files_open(at, "/essential", O_PATH);

	if (fd < 0)
		return;
	fd_close(fd);
	e->essential = true;
}

/* What follows a word that begins a line; NULL: no line does. */
static char const *after(char const *text, char const *word)
{
	char const *const at = strstr(text, word);

	return at ? at + strlen(word) : NULL;
}

/* Whether its record says that it is over, and counts; *code then. A record of an earlier life was
 * emptied before `ok` is read. */
static bool is_over(struct scanner const *s, struct entry const *e, int *code)
{
	char text[2048];
	struct place const at = place_of(s, e);

	if (!living_answers(at) || !files_text(at, "/record", text, sizeof text))
		return false;
	/* what follows is left from a longer one */
	char *const end = strstr(text, "\nend\n");
	if (!end)
		return false;
	*end = 0;
	char const *const essential = after(text, "\nessential ");
	char const *const over = after(text, "\nover ");
	char const *const number = over ? strchr(over, ' ') : NULL;
	unsigned int value;
	if (!essential || !number || !uint_scan(number + 1, &value))
		return false;
	*code = (int)value;
	return *code != 0 || !strncmp(essential, "yes", 3);
}

struct entry *essential_over(struct scanner const *s, int *code)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		if (e->essential && is_over(s, e, code))
			return e;
	}
	return NULL;
}
