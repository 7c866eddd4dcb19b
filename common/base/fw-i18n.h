/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* fw-i18n: gettext's short names. Include it last, in .c files only. */
#include <glib.h>
#include <libintl.h>
#define _(text) gettext (text)
#define N_(text) (text)
#define C_(context, text) g_dpgettext (NULL, context "\004" text, sizeof (context))
