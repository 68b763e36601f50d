/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/sheet.h"

#include "backup/wiped.h"
#include "base/error.h"
#include "base/text.h"
#include "otp/base32.h"
#include "qr/qr.h"

#include <cairo-pdf.h>
#include <glib/gi18n.h>
#include <langinfo.h>
#include <pango/pangocairo.h>

/* All lengths are points. */
#define MARGIN           48.0
#define CODE_SIZE        96.0
#define CODE_GAP         20.0
#define BLOCK_GAP        11.0
#define LINE_GAP         3.0
#define FOOTER_HEIGHT    24.0
#define RUNNING_HEIGHT   30.0
#define BOX_PADDING      10.0
#define POINTS_PER_MM    (72.0 / 25.4)
/* Modules of a third of a millimetre are what a simple camera and a simple printer agree on. */
#define MAX_CODE_MODULES 105
/* A name has its whole text in the code. */
#define MAX_NAME_LINES   2
#define GROUP_CHARS      4

static const double ink[] = { 0, 0, 0 };
static const double faint[] = { 0.35, 0.35, 0.35 };

/* A page description that is being made. */
typedef struct
{
  cairo_t *cairo;
  const SallySheetPaper *paper;
  char *date;
  guint n_accounts;
  guint n_pages;
} Sheet;

/* One account as it is shown. */
typedef struct
{
  char *title;
  char *subtitle; /* "" if there is one name only */
  char *facts;
  SallySecret *key; /* in groups */
  SallyQrCode *code;
} Block;

static void
block_clear (Block *block)
{
  g_free (block->title);
  g_free (block->subtitle);
  g_free (block->facts);
  g_clear_pointer (&block->key, sally_secret_unref);
  g_clear_pointer (&block->code, sally_qr_code_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Block, block_clear)

SallySheetPaper
sally_sheet_get_default_paper (void)
{
  /* glibc gives numbers in the place of the pointer. */
  int width_mm = (int) (gintptr) nl_langinfo (_NL_PAPER_WIDTH);
  int height_mm = (int) (gintptr) nl_langinfo (_NL_PAPER_HEIGHT);
  gboolean is_letter = width_mm == 216 && height_mm == 279;

  return is_letter ? (SallySheetPaper) { 612, 792 }
                   : (SallySheetPaper) { 210 * POINTS_PER_MM, 297 * POINTS_PER_MM };
}

static PangoLayout *
make_layout (Sheet *sheet, const char *family, double size, gboolean is_bold, double width)
{
  PangoLayout *layout = pango_cairo_create_layout (sheet->cairo);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family (font, family);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  return layout;
}

static double
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/* Draws unless it only measures; the height. */
static double
put_layout (
    Sheet *sheet, PangoLayout *layout, double x, double y, const double *colour, gboolean draws)
{
  if (draws)
    {
      cairo_set_source_rgb (sheet->cairo, colour[0], colour[1], colour[2]);
      cairo_move_to (sheet->cairo, x, y);
      pango_cairo_show_layout (sheet->cairo, layout);
    }
  return get_height (layout);
}

/* In one path: seams between the modules would show as thin lines. */
static void
draw_code (Sheet *sheet, const SallyQrCode *code, double left, double top)
{
  double module = CODE_SIZE / code->width;

  for (guint y = 0; y < code->width; y++)
    for (guint x = 0; x < code->width; x++)
      if (code->modules[y * code->width + x] != 0)
        cairo_rectangle (sheet->cairo, left + x * module, top + y * module, module, module);
  cairo_set_source_rgb (sheet->cairo, ink[0], ink[1], ink[2]);
  cairo_fill (sheet->cairo);
}

/* "JBSW Y3DP EHPK 3PXP" */
static SallySecret *
group_key (SallySecret *key)
{
  g_autoptr (SallySecret) encoded = sally_base32_encode (key);
  gsize length;
  const char *digits = sally_secret_peek (encoded, &length);
  gsize n_blanks = length > 0 ? (length - 1) / GROUP_CHARS : 0;
  char *text;
  SallySecret *grouped = sally_secret_new_sized (length + n_blanks, &text);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && i % GROUP_CHARS == 0)
        *text++ = ' ';
      *text++ = digits[i];
    }
  return grouped;
}

static char *
describe_facts (const SallyOtpUri *uri)
{
  const SallyOtpParameters *parameters = &uri->parameters;
  const char *algorithm = sally_otp_algorithm_to_string (parameters->algorithm);
  g_autofree char *digits =
      g_strdup_printf (ngettext ("%u digit", "%u digits", parameters->digits), parameters->digits);
  g_autofree char *rest = NULL;

  if (parameters->type == SALLY_OTP_STEAM)
    return g_strdup (_ ("Steam Guard"));
  if (parameters->type == SALLY_OTP_HOTP)
    rest = g_strdup_printf (_ ("next counter %" G_GUINT64_FORMAT), uri->counter);
  else
    rest = g_strdup_printf (ngettext ("every %u second", "every %u seconds",
                                      sally_otp_period_s (parameters)),
                            sally_otp_period_s (parameters));
  return g_strdup_printf ("%s  ·  %s  ·  %s  ·  %s",
                          parameters->type == SALLY_OTP_HOTP ? _ ("By counter (HOTP)")
                                                             : _ ("By time (TOTP)"),
                          digits, rest, algorithm);
}

static SallyQrCode *
make_code (const SallyOtpUri *uri)
{
  g_autoptr (SallySecret) text = sally_otp_uri_build (uri);
  g_autoptr (SallyQrCode) code = sally_qr_code_new (text);

  return code != NULL && code->width <= MAX_CODE_MODULES ? g_steal_pointer (&code) : NULL;
}

/* Notes and groups go first where all of it is too much for a camera. */
static SallyQrCode *
fit_code (const SallyOtpUri *uri, const char *name, GPtrArray *losses)
{
  SallyQrCode *code = make_code (uri);
  SallyOtpUri bare = *uri;
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  if (code != NULL)
    return code;
  bare.unknown = nothing;
  code = make_code (&bare);
  if (losses == NULL)
    return code;
  if (code != NULL)
    g_ptr_array_add (losses, g_strdup_printf (_ ("“%s”: its tags and notes are left out"), name));
  else
    g_ptr_array_add (losses, g_strdup_printf (_ ("“%s”: it is too long for a QR code, and stands "
                                                 "there as a setup key alone"),
                                              name));
  return code;
}

/* `losses` nullable. */
static void
block_init (Block *block, const SallyOtpUri *uri, GPtrArray *losses)
{
  gboolean has_both = *uri->issuer != '\0' && *uri->label != '\0';

  *block = (Block) { 0 };
  block->title =
      sally_text_from_server (*uri->issuer != '\0' ? uri->issuer : uri->label, -1, FALSE);
  block->subtitle = sally_text_from_server (has_both ? uri->label : "", -1, FALSE);
  block->facts = describe_facts (uri);
  block->key = group_key (uri->key);
  block->code = fit_code (uri, block->title, losses);
}

static double
put_text (Sheet *sheet,
          const char *text,
          const char *family,
          double size,
          gboolean is_bold,
          const double *colour,
          double x,
          double y,
          gboolean draws)
{
  g_autoptr (PangoLayout) layout =
      make_layout (sheet, family, size, is_bold, sheet->paper->width - MARGIN - x);

  pango_layout_set_text (layout, text, -1);
  pango_layout_set_height (layout, -MAX_NAME_LINES);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return put_layout (sheet, layout, x, y, colour, draws);
}

/* As many lines as it takes. */
static double
put_key (Sheet *sheet, SallySecret *key, double x, double y, gboolean draws)
{
  g_autoptr (PangoLayout) layout =
      make_layout (sheet, "Monospace", 11.5, FALSE, sheet->paper->width - MARGIN - x);
  gsize length;
  const char *text = sally_secret_peek (key, &length);

  pango_layout_set_text (layout, text, (int) length);
  return put_layout (sheet, layout, x, y, ink, draws);
}

/* The height with the gap below. */
static double
put_block (Sheet *sheet, const Block *block, double top, gboolean draws)
{
  double x = MARGIN + CODE_SIZE + CODE_GAP;
  double y = top;

  if (draws && block->code != NULL)
    draw_code (sheet, block->code, MARGIN, top);
  y += put_text (sheet, block->title, "Sans", 14, TRUE, ink, x, y, draws) + LINE_GAP;
  if (*block->subtitle != '\0')
    y += put_text (sheet, block->subtitle, "Sans", 11, FALSE, ink, x, y, draws) + LINE_GAP;
  y += 2 * LINE_GAP;
  y += put_text (sheet, _ ("Setup key"), "Sans", 8.5, FALSE, faint, x, y, draws) + LINE_GAP;
  y += put_key (sheet, block->key, x, y, draws) + 2 * LINE_GAP;
  y += put_text (sheet, block->facts, "Sans", 8.5, FALSE, faint, x, y, draws);
  return MAX (y - top, CODE_SIZE) + 2 * BLOCK_GAP;
}

static void
draw_rule (Sheet *sheet, double y)
{
  cairo_set_source_rgb (sheet->cairo, 0.8, 0.8, 0.8);
  cairo_set_line_width (sheet->cairo, 0.5);
  cairo_move_to (sheet->cairo, MARGIN, y);
  cairo_line_to (sheet->cairo, sheet->paper->width - MARGIN, y);
  cairo_stroke (sheet->cairo);
}

/* What it is, and what it can do to its owner. */
static double
put_head (Sheet *sheet, gboolean draws)
{
  double width = sheet->paper->width - 2 * MARGIN;
  g_autofree char *about =
      g_strdup_printf (ngettext ("%u account  ·  %s  ·  Sallyport",
                                 "%u accounts  ·  %s  ·  Sallyport", sheet->n_accounts),
                       sheet->n_accounts, sheet->date);
  g_autoptr (PangoLayout) warning =
      make_layout (sheet, "Sans", 9.5, FALSE, width - 2 * BOX_PADDING);
  double y = MARGIN;
  double height;

  y += put_text (sheet, _ ("Recovery Sheet"), "Sans", 22, TRUE, ink, MARGIN, y, draws) + LINE_GAP;
  y += put_text (sheet, about, "Sans", 10, FALSE, faint, MARGIN, y, draws) + 4 * LINE_GAP;
  pango_layout_set_text (
      warning,
      _ ("Whoever holds this paper, or a picture of it, can make all of these one-time codes for "
         "ever. Keep it where you keep your passport, never in a photo or on a shared printer, and "
         "shred it when a newer one takes its place.\n"
         "To get an account back, scan its QR code with Sallyport or any other authenticator, or "
         "type its setup key."),
      -1);
  height = get_height (warning) + 2 * BOX_PADDING;
  if (draws)
    {
      cairo_rectangle (sheet->cairo, MARGIN, y, width, height);
      cairo_set_source_rgb (sheet->cairo, 0.94, 0.94, 0.94);
      cairo_fill (sheet->cairo);
    }
  put_layout (sheet, warning, MARGIN + BOX_PADDING, y + BOX_PADDING, ink, draws);
  return y + height + 2 * BLOCK_GAP;
}

/* On the pages behind the first. */
static double
put_running_head (Sheet *sheet, gboolean draws)
{
  g_autofree char *text = g_strdup_printf (_ ("Recovery Sheet  ·  %s"), sheet->date);

  put_text (sheet, text, "Sans", 9, FALSE, faint, MARGIN, MARGIN - LINE_GAP, draws);
  return MARGIN + RUNNING_HEIGHT;
}

static void
draw_foot (Sheet *sheet, guint page)
{
  g_autofree char *text = g_strdup_printf (_ ("Page %u of %u"), page, sheet->n_pages);
  g_autoptr (PangoLayout) layout =
      make_layout (sheet, "Sans", 9, FALSE, sheet->paper->width - 2 * MARGIN);

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, text, -1);
  put_layout (sheet, layout, MARGIN, sheet->paper->height - MARGIN - LINE_GAP, faint, TRUE);
}

/* All pages, or only their number: an account never breaks across two. */
static guint
put_pages (Sheet *sheet, GPtrArray *uris, GPtrArray *losses, gboolean draws)
{
  double bottom = sheet->paper->height - MARGIN - FOOTER_HEIGHT;
  double y = put_head (sheet, draws);
  gboolean is_first = TRUE;
  guint page = 1;

  for (guint i = 0; i < uris->len; i++)
    {
      g_auto (Block) block;
      double height;

      block_init (&block, uris->pdata[i], losses);
      height = put_block (sheet, &block, y, FALSE);
      if (!is_first && y + height - 2 * BLOCK_GAP > bottom)
        {
          if (draws)
            {
              draw_foot (sheet, page);
              cairo_show_page (sheet->cairo);
            }
          page++;
          y = put_running_head (sheet, draws);
          is_first = TRUE;
        }
      if (draws)
        {
          if (!is_first)
            draw_rule (sheet, y - BLOCK_GAP);
          put_block (sheet, &block, y, TRUE);
        }
      y += height;
      is_first = FALSE;
    }
  if (draws)
    {
      draw_foot (sheet, page);
      cairo_show_page (sheet->cairo);
    }
  return page;
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *bytes, unsigned int length)
{
  sally_wiped_text_append (closure, (const char *) bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Without one Pango has nothing to draw, and warns about it. */
static gboolean
check_fonts (GError **error)
{
  g_autofree PangoFontFamily **families = NULL;
  int n_families = 0;

  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n_families);
  if (n_families > 0)
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                       _ ("No font is installed to write the sheet with: install one, such as "
                          "fonts-dejavu-core"));
  return FALSE;
}

static void
describe_document (cairo_surface_t *surface, GDateTime *time)
{
  g_autofree char *created = g_date_time_format_iso8601 (time);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, _ ("Recovery Sheet"));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Sallyport");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

GBytes *
sally_sheet_write (
    GPtrArray *uris, const SallySheetPaper *paper, gint64 time_s, GPtrArray *losses, GError **error)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autofree char *date = NULL;
  cairo_surface_t *surface;
  cairo_status_t status;
  Sheet sheet;

  g_return_val_if_fail (uris != NULL && uris->len > 0 && paper != NULL, NULL);
  g_return_val_if_fail (time != NULL, NULL);

  if (!check_fonts (error))
    return NULL;
  /* Translators: a date as a person writes it, for g_date_time_format(). */
  date = g_date_time_format (time, _ ("%-d %B %Y"));
  surface = cairo_pdf_surface_create_for_stream (append_bytes, text, paper->width, paper->height);
  describe_document (surface, time);
  sheet = (Sheet) { cairo_create (surface), paper, date, uris->len, 0 };
  sheet.n_pages = put_pages (&sheet, uris, NULL, FALSE);
  put_pages (&sheet, uris, losses, TRUE);
  cairo_destroy (sheet.cairo);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return sally_wiped_text_steal (text);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED, _ ("The sheet could not be drawn: %s"),
               cairo_status_to_string (status));
  return NULL;
}

static GBytes *
write_now (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error)
{
  SallySheetPaper paper = sally_sheet_get_default_paper ();

  if (uris->len > 0)
    return sally_sheet_write (uris, &paper, g_get_real_time () / G_USEC_PER_SEC, losses, error);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("There is no account to print"));
  return NULL;
}

const SallyBackupFormat *
sally_sheet_get_format (void)
{
  static const SallyBackupFormat format = {
    "pdf", N_ ("Printable sheet (PDF)"), SALLY_BACKUP_PLAIN, NULL, NULL, write_now,
  };

  return &format;
}
