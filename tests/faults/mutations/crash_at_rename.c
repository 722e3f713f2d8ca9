/* Ends the engine at the worst moment: everything of an insert is written but the name of its part.
 *
 * The dynamic linker is told so by LD_AUDIT, because the engine is loaded with its own names first,
 * past LD_PRELOAD. It happens once, to the table whose folder is named in the file that
 * CRASH_AT_RENAME names, and that file is gone afterwards.
 */
#define _GNU_SOURCE
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int (*rename_really)(const char *, const char *);

static int is_the_one(const char *from)
{
    char folder[4096];
    const char *name = getenv("CRASH_AT_RENAME");
    FILE *file = name ? fopen(name, "r") : NULL;
    if (file == NULL)
        return 0;
    size_t length = fread(folder, 1, sizeof folder - 1, file);
    fclose(file);
    folder[length] = '\0';
    return strncmp(from, folder, length) == 0 && strstr(from, "/tmp_insert_") && unlink(name) == 0;
}

static int crash_at_rename(const char *from, const char *to)
{
    if (is_the_one(from))
        kill(getpid(), SIGKILL);
    return rename_really(from, to);
}

unsigned int la_version(unsigned int version)
{
    return version;
}

unsigned int la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie)
{
    return strstr(map->l_name, "_chdb") ? LA_FLG_BINDFROM : LA_FLG_BINDTO;
}

uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned int index, uintptr_t *from, uintptr_t *to,
                       unsigned int *flags, const char *name)
{
    if (strcmp(name, "rename") != 0)
        return symbol->st_value;
    rename_really = (int (*)(const char *, const char *))symbol->st_value;
    return (uintptr_t)crash_at_rename;
}
