/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a server wants its factors: "password+code", "key,code" ... (DESIGN section 5). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_FACTOR_PASSWORD,
  SALLY_FACTOR_CODE,
  SALLY_FACTOR_KEY,
} SallyFactor;

#define SALLY_LOGIN_RECIPE_MAX_STEPS 3
#define SALLY_LOGIN_RECIPE_MAX_PARTS 2

/* One step is one answer (or the key); its parts are joined in order. */
typedef struct
{
  guint n_parts;
  SallyFactor parts[SALLY_LOGIN_RECIPE_MAX_PARTS];
} SallyLoginStep;

typedef struct
{
  guint n_steps;
  SallyLoginStep steps[SALLY_LOGIN_RECIPE_MAX_STEPS];
} SallyLoginRecipe;

/* "password" "password+code" "code+password" "password,code" "key" "key,code" "key,password"
 * "key,password+code"; spaces and case do not matter. SALLY_ERROR_INVALID lists what there is. */
gboolean sally_login_recipe_parse (const char *text, SallyLoginRecipe *recipe, GError **error);
char *sally_login_recipe_to_string (const SallyLoginRecipe *recipe);
gboolean sally_login_recipe_uses (const SallyLoginRecipe *recipe, SallyFactor factor);

/* All recipes that parse, NULL-terminated, in the order they are offered to a person. */
const char *const *sally_login_recipe_names (void);

G_END_DECLS
