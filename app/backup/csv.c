/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/csv.h"

#include "base/secret.h"

#include <string.h>

struct _SallyCsv
{
  GPtrArray *rows; /* (element-type GPtrArray (element-type utf8)), the header first */
};

static void
free_field (gpointer data)
{
  sally_secret_wipe (data, strlen (data));
  g_free (data);
}

static GPtrArray *
new_row (void)
{
  return g_ptr_array_new_with_free_func (free_field);
}

void
sally_csv_free (SallyCsv *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* Behind the field that begins at `c`: its comma, line end, or the end of all. NULL if its quotes
 * do not end. */
static const char *
skip_field (const char *c, const char *end)
{
  if (c < end && *c == '"')
    {
      for (c++; c < end; c++)
        if (*c == '"')
          {
            if (c + 1 == end || c[1] != '"')
              break;
            c++;
          }
      if (c == end)
        return NULL;
      c++;
    }
  while (c < end && *c != ',' && *c != '\n')
    c++;
  return c;
}

/* The text between `c` and `end`, a field, without its quotes. */
static char *
dup_field (const char *c, const char *end)
{
  char *field = g_malloc ((gsize) (end - c) + 1);
  gsize length = 0;
  gboolean quoted = c < end && *c == '"';

  if (quoted)
    c++;
  else if (c < end && end[-1] == '\r')
    end--;
  for (; c < end; c++)
    {
      if (quoted && *c == '"')
        {
          c++;
          if (c == end || *c != '"')
            break;
        }
      field[length++] = *c;
    }
  field[length] = '\0';
  return field;
}

SallyCsv *
sally_csv_parse (const char *text, gsize length)
{
  g_autoptr (SallyCsv) self = g_new0 (SallyCsv, 1);
  const char *cursor = text;
  const char *end = text + length;

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  while (cursor < end)
    {
      g_autoptr (GPtrArray) row = new_row ();

      for (;;)
        {
          const char *field_end = skip_field (cursor, end);

          if (field_end == NULL)
            return NULL;
          g_ptr_array_add (row, dup_field (cursor, field_end));
          cursor = field_end;
          if (cursor == end || *cursor++ == '\n')
            break;
        }
      if (row->len > 1 || *(const char *) row->pdata[0] != '\0')
        g_ptr_array_add (self->rows, g_steal_pointer (&row));
    }
  return g_steal_pointer (&self);
}

guint
sally_csv_get_n_rows (SallyCsv *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len > 0 ? self->rows->len - 1 : 0;
}

static const char *
peek (SallyCsv *self, guint row, int column)
{
  GPtrArray *fields = self->rows->pdata[row];

  return column >= 0 && (guint) column < fields->len ? fields->pdata[column] : NULL;
}

int
sally_csv_find_column (SallyCsv *self, const char *name)
{
  const char *header;

  g_return_val_if_fail (self != NULL, -1);

  if (self->rows->len > 0)
    for (int column = 0; (header = peek (self, 0, column)) != NULL; column++)
      if (g_ascii_strcasecmp (header, name) == 0)
        return column;
  return -1;
}

const char *
sally_csv_peek (SallyCsv *self, guint row, int column)
{
  g_return_val_if_fail (self != NULL && row < sally_csv_get_n_rows (self), NULL);

  return peek (self, row + 1, column);
}
