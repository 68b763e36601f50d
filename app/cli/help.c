/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/help.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static gboolean
begins_with_word (const char *name, const char *word)
{
  gsize length = strlen (word);

  return strncmp (name, word, length) == 0 && (name[length] == ' ' || name[length] == '\0');
}

const SallyCommand *
sally_help_find (const SallyCommand *commands, char **words, guint *n_words)
{
  g_return_val_if_fail (words != NULL && words[0] != NULL, NULL);

  for (const SallyCommand *command = commands; command->name != NULL; command++)
    {
      const char *space = strchr (command->name, ' ');

      if (!begins_with_word (command->name, words[0]))
        continue;
      if (space != NULL && (words[1] == NULL || !g_str_equal (space + 1, words[1])))
        continue;
      *n_words = space != NULL ? 2 : 1;
      return command;
    }
  return NULL;
}

gboolean
sally_help_is_group (const SallyCommand *commands, const char *word)
{
  for (const SallyCommand *command = commands; command->name != NULL; command++)
    if (begins_with_word (command->name, word))
      return TRUE;
  return FALSE;
}

void
sally_help_print (const SallyCommand *commands, const char *group)
{
  printf ("%s\n\n", _ ("Usage: sally COMMAND ..."));
  for (const SallyCommand *command = commands; command->name != NULL; command++)
    if (group == NULL || begins_with_word (command->name, group))
      printf ("  sally %s%s%s\n      %s\n", command->name, *command->synopsis != '\0' ? " " : "",
              command->synopsis, _ (command->summary));
  printf ("\n%s\n%s\n", _ ("“sally help COMMAND” tells more about one of them."),
          _ ("Exit codes: 0 done, 1 some of it failed, 2 usage, 3 sign-in refused, 4 host key, "
             "5 network, 6 remote path, 7 keyring, 130 interrupted."));
}
