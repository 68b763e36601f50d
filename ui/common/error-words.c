/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/error-words.h"

#include <glib/gi18n.h>

#define ICON_WARNING "dialog-warning-symbolic"
#define ICON_KEYRING "channel-insecure-symbolic"
#define ICON_NETWORK "network-error-symbolic"
#define ICON_KEY     "auth-fingerprint-symbolic"
#define ICON_SIGN_IN "dialog-password-symbolic"

typedef struct
{
  SallyError code;
  SallyErrorWords words;
} Entry;

/* Titles say what happened, the advice what to do next; the message between them, which comes with
 * the error, says why. */
static const Entry entries[] = {
  { SALLY_ERROR_NOT_FOUND,
    { N_ ("No Server of That Name"), "", ICON_WARNING, SALLY_NEXT_STEP_RETRY } },

  { SALLY_ERROR_KEYRING_ABSENT,
    { N_ ("No Keyring Here"), N_ ("Your codes and passwords are kept there, and nowhere else."),
      ICON_KEYRING, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_KEYRING_LOCKED,
    { N_ ("The Keyring Is Locked"), N_ ("Unlock it to see your codes."), ICON_KEYRING,
      SALLY_NEXT_STEP_UNLOCK } },
  { SALLY_ERROR_KEYRING_DISMISSED,
    { N_ ("The Keyring Was Not Unlocked"),
      N_ ("Nothing is lost. Your codes show as soon as you unlock it."), ICON_KEYRING,
      SALLY_NEXT_STEP_UNLOCK } },
  { SALLY_ERROR_KEYRING_MISSING,
    { N_ ("Not in the Keyring"), N_ ("Enter it once more; it is saved then."), ICON_KEYRING,
      SALLY_NEXT_STEP_EDIT_SERVER } },
  { SALLY_ERROR_KEYRING_CHANGED,
    { N_ ("Your Codes Are in Another Keyring"),
      N_ ("The keyring may have been reset, or another one is running. Bring the old one back and "
          "try again; a backup restores your codes, too."),
      ICON_WARNING, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_KEYRING_PASSPHRASE,
    { N_ ("Not the Passphrase"), N_ ("Nothing is lost. Try again."), ICON_KEYRING,
      SALLY_NEXT_STEP_UNLOCK } },
  { SALLY_ERROR_KEYRING_DAMAGED,
    { N_ ("The Vault Is Damaged"),
      N_ ("Nothing was changed. Put an older copy of its file back, or restore a backup."),
      ICON_WARNING, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_KEYRING_FAILED,
    { N_ ("The Keyring Does Not Answer"), N_ ("Nothing was changed."), ICON_KEYRING,
      SALLY_NEXT_STEP_RETRY } },

  { SALLY_ERROR_HOST_NOT_FOUND,
    { N_ ("No Such Server"),
      N_ ("Check how the address is written. If it is an internal name, check that you are on the "
          "right network."),
      ICON_NETWORK, SALLY_NEXT_STEP_EDIT_SERVER } },
  { SALLY_ERROR_UNREACHABLE,
    { N_ ("The Server Cannot Be Reached"), N_ ("Check your network, the address and the port."),
      ICON_NETWORK, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_CONNECTION_LOST,
    { N_ ("Connection Lost"), N_ ("Connecting again makes a new sign-in with a fresh code."),
      ICON_NETWORK, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_PROTOCOL,
    { N_ ("The Server Gave No Sensible Answer"),
      N_ ("Check that the port is the one of its SSH service."), ICON_NETWORK,
      SALLY_NEXT_STEP_EDIT_SERVER } },
  { SALLY_ERROR_NO_COMMON_ALGORITHM,
    { N_ ("No Common Encryption"),
      N_ ("The server offers only methods that are no longer safe. Its administrator can change "
          "that."),
      ICON_WARNING, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_NO_SFTP,
    { N_ ("No File Access Here"),
      N_ ("You are signed in, but the server offers no SFTP. Its administrator can switch it on."),
      ICON_WARNING, SALLY_NEXT_STEP_RETRY } },

  { SALLY_ERROR_SIGN_IN_REFUSED,
    { N_ ("Sign-in Refused"),
      N_ ("Check the user name, the password and how the server wants the code. It was tried once "
          "only, so that nothing locks."),
      ICON_SIGN_IN, SALLY_NEXT_STEP_EDIT_SERVER } },
  { SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
    { N_ ("An Answer Is Missing"), N_ ("Try again and answer the server's question."), ICON_SIGN_IN,
      SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_SIGN_IN_HELD,
    { N_ ("Held Back After Refusals"),
      N_ ("More attempts could lock your account. Check the details before you try again."),
      ICON_SIGN_IN, SALLY_NEXT_STEP_EDIT_SERVER } },
  { SALLY_ERROR_KEY_UNAVAILABLE,
    { N_ ("No Usable Key"), N_ ("Choose a key file, or load a key into your SSH agent."),
      ICON_SIGN_IN, SALLY_NEXT_STEP_EDIT_SERVER } },

  { SALLY_ERROR_HOST_KEY_UNKNOWN,
    { N_ ("Not Trusted"),
      N_ ("Nothing was sent. Compare the fingerprint with the administrator's, then "
          "connect again."),
      ICON_KEY, SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_HOST_KEY_CHANGED,
    { N_ ("This May Be Another Computer"),
      N_ ("The server shows another key than before. Nothing was sent. Ask the administrator "
          "whether the key was changed on purpose."),
      ICON_KEY, SALLY_NEXT_STEP_RETRY } },

  { SALLY_ERROR_REMOTE_NOT_FOUND,
    { N_ ("Not There"), "", "folder-symbolic", SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_REMOTE_PERMISSION,
    { N_ ("No Permission"), N_ ("The server does not let this user do that."), ICON_WARNING,
      SALLY_NEXT_STEP_RETRY } },
  { SALLY_ERROR_ENGINE,
    { N_ ("The Connection Could Not Be Started"),
      N_ ("Check that Sallyport is installed completely."), ICON_WARNING, SALLY_NEXT_STEP_RETRY } },
};

SallyErrorWords
sally_error_words (const GError *error)
{
  SallyErrorWords words = { N_ ("Something Went Wrong"), "", ICON_WARNING, SALLY_NEXT_STEP_RETRY };

  g_return_val_if_fail (error != NULL, words);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    words.title = N_ ("Cancelled");
  for (guint i = 0; error->domain == SALLY_ERROR && i < G_N_ELEMENTS (entries); i++)
    {
      if (entries[i].code == (SallyError) error->code)
        words = entries[i].words;
    }

  words.title = _ (words.title);
  words.advice = words.advice[0] != '\0' ? _ (words.advice) : "";
  return words;
}

char *
sally_error_words_dup_description (const GError *error)
{
  SallyErrorWords words;
  const char *stop;

  g_return_val_if_fail (error != NULL, NULL);

  words = sally_error_words (error);
  stop =
      g_str_has_suffix (error->message, ".") || g_str_has_suffix (error->message, "?") ? "" : ".";
  if (words.advice[0] == '\0')
    return g_strconcat (error->message, stop, NULL);
  return g_strconcat (error->message, stop, "\n\n", words.advice, NULL);
}

const char *
sally_next_step_get_caption (SallyNextStep step)
{
  switch (step)
    {
    case SALLY_NEXT_STEP_UNLOCK:
      return _ ("_Unlock…");
    case SALLY_NEXT_STEP_EDIT_SERVER:
      return _ ("_Edit Server");
    case SALLY_NEXT_STEP_RETRY:
    default:
      return _ ("_Try Again");
    }
}

void
sally_error_words_show (const GError *error, AdwStatusPage *page, GtkButton *button)
{
  g_autofree char *description = NULL;
  g_autofree char *markup = NULL;
  SallyErrorWords words;

  g_return_if_fail (error != NULL);
  g_return_if_fail (ADW_IS_STATUS_PAGE (page));
  g_return_if_fail (GTK_IS_BUTTON (button));

  words = sally_error_words (error);
  description = sally_error_words_dup_description (error);
  markup = g_markup_escape_text (description, -1);
  adw_status_page_set_title (page, words.title);
  adw_status_page_set_description (page, markup);
  adw_status_page_set_icon_name (page, words.icon_name);
  gtk_button_set_label (button, sally_next_step_get_caption (words.next_step));
}
