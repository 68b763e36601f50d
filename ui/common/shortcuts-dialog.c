/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/shortcuts-dialog.h"

#include <glib/gi18n.h>

struct _SallyShortcutsDialog
{
  AdwDialog parent_instance;

  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (SallyShortcutsDialog, sally_shortcuts_dialog, ADW_TYPE_DIALOG)

/* An entry without keys begins a group. */
static const struct
{
  const char *words;
  const char *keys;
} entries[] = {
  { N_ ("General"), NULL },
  { N_ ("Add a server"), "<Control>n" },
  { N_ ("Add an account"), "<Control>k" },
  { N_ ("Search or filter"), "<Control>f" },
  { N_ ("Go to codes"), "<Alt>1" },
  { N_ ("Go to transfers"), "<Alt>2" },
  { N_ ("Go to the sidebar"), "F9" },
  { N_ ("Lock the window"), "<Control>l" },
  { N_ ("Preferences"), "<Control>comma" },
  { N_ ("Keyboard shortcuts"), "<Control>question" },
  { N_ ("Close the window"), "<Control>w" },
  { N_ ("Quit"), "<Control>q" },
  { N_ ("Codes"), NULL },
  { N_ ("Copy the code"), "Return" },
  { N_ ("Import from a file or picture"), "<Control>o" },
  { N_ ("Export all accounts"), "<Control>e" },
  { N_ ("Add what was copied: an address or a QR code"), "<Control>v" },
  { N_ ("Copy the next code"), "<Control><Shift>c" },
  { N_ ("Details and QR code"), "<Alt>Return" },
  { N_ ("Move up"), "<Alt>Up" },
  { N_ ("Move down"), "<Alt>Down" },
  { N_ ("Edit the account"), "F2" },
  { N_ ("Delete the account"), "Delete" },
  { N_ ("Files"), NULL },
  { N_ ("Upload files"), "<Control>u" },
  { N_ ("Download"), "<Control>d" },
  { N_ ("Save to a folder"), "<Control>s" },
  { N_ ("New folder"), "<Control><Shift>n" },
  { N_ ("Rename"), "F2" },
  { N_ ("Delete"), "Delete" },
  { N_ ("Properties"), "<Alt>Return" },
  { N_ ("Show hidden files"), "<Control>h" },
  { N_ ("Edit the location"), "<Control>l" },
  { N_ ("Back"), "<Alt>Left" },
  { N_ ("Forward"), "<Alt>Right" },
  { N_ ("Parent folder"), "<Alt>Up" },
  { N_ ("Start folder"), "<Alt>Home" },
  { N_ ("Reload"), "<Control>r" },
};

static void
sally_shortcuts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_SHORTCUTS_DIALOG);

  G_OBJECT_CLASS (sally_shortcuts_dialog_parent_class)->dispose (object);
}

static void
sally_shortcuts_dialog_class_init (SallyShortcutsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_shortcuts_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/common/shortcuts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyShortcutsDialog, page);
}

static char *
dup_accelerator_label (const char *accelerator)
{
  guint key = 0;
  GdkModifierType modifiers = 0;

  gtk_accelerator_parse (accelerator, &key, &modifiers);
  return gtk_accelerator_get_label (key, modifiers);
}

static GtkWidget *
create_row (const char *words, const char *accelerator)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = dup_accelerator_label (accelerator);
  GtkWidget *label = gtk_label_new (text);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), words);
  gtk_widget_add_css_class (label, "keycap");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
sally_shortcuts_dialog_init (SallyShortcutsDialog *self)
{
  AdwPreferencesGroup *group = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      if (entries[i].keys == NULL)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _ (entries[i].words));
          adw_preferences_page_add (self->page, group);
        }
      else
        {
          adw_preferences_group_add (group, create_row (_ (entries[i].words), entries[i].keys));
        }
    }
}

AdwDialog *
sally_shortcuts_dialog_new (void)
{
  return g_object_new (SALLY_TYPE_SHORTCUTS_DIALOG, NULL);
}
