/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-auth-private.h"

#include <string.h>

#include "fw-log.h"
#include "fw-password.h"
#include "fw-time.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-auth");

#define SEED_BYTES 16

static gint64
wall_ms (void)
{
  return fw_clock_wall_ms (fw_clock_system ());
}

static gint64
mono_ms (void)
{
  return fw_clock_mono_us (fw_clock_system ()) / 1000;
}

static const char *
nobody_if_empty (const char *text)
{
  return text && *text ? text : NULL;
}

static gboolean
load (IngestAuth *auth, const IngestAuthOptions *options, GError **error)
{
  const char *credentials = nobody_if_empty (options->credentials_file);
  const char *key = nobody_if_empty (options->token_key_file);

  auth->credentials_file = g_strdup (credentials);
  auth->audience = g_strdup (nobody_if_empty (options->token_audience));
  auth->issuer = g_strdup (nobody_if_empty (options->token_issuer));
  if (credentials && !(auth->credentials = fw_credentials_load (credentials, error)))
    return FALSE;
  return !key || (auth->key = fw_token_key_load (key, FALSE, error)) != NULL;
}

IngestAuth *
ingest_auth_new (const IngestAuthOptions *options, GError **error)
{
  guint8 secrets[SEED_BYTES + INGEST_KNOWN_KEY_BYTES];
  IngestAuth *auth = g_new0 (IngestAuth, 1);

  ingest_work_init (&auth->work, options->n_workers, options->queue_max);
  if (!load (auth, options, error) || !fw_random_fill (secrets, sizeof secrets, error)
      || (auth->credentials && !ingest_work_start (auth, error)))
    {
      ingest_auth_free (auth);
      return NULL;
    }
  fw_mutex_lock (&auth->work.mutex);
  auth->tries = ingest_tries_new (options->failures_per_minute, secrets);
  auth->known = ingest_known_new (options->known_max, secrets + SEED_BYTES);
  fw_mutex_unlock (&auth->work.mutex);
  explicit_bzero (secrets, sizeof secrets);
  return auth;
}

void
ingest_auth_stop (IngestAuth *auth)
{
  if (auth)
    ingest_work_stop (&auth->work);
}

void
ingest_auth_free (IngestAuth *auth)
{
  if (!auth)
    return;
  ingest_work_stop (&auth->work);
  ingest_work_clear (&auth->work);
  fw_credentials_free (auth->credentials);
  fw_token_key_free (auth->key);
  ingest_known_free (auth->known);
  ingest_tries_free (auth->tries);
  g_free (auth->credentials_file);
  g_free (auth->audience);
  g_free (auth->issuer);
  g_free (auth);
}

gboolean
ingest_auth_reload (IngestAuth *auth, GError **error)
{
  FwCredentials *now, *before;

  if (!auth->credentials_file)
    return TRUE;
  now = fw_credentials_load (auth->credentials_file, error);
  if (!now)
    return FALSE;
  fw_mutex_lock (&auth->work.mutex);
  before = auth->credentials;
  fw_credentials_succeed (now, before);
  auth->credentials = now;
  fw_mutex_unlock (&auth->work.mutex);
  fw_credentials_free (before);
  return TRUE;
}

guint
ingest_auth_n_credentials (IngestAuth *auth)
{
  guint n;

  fw_mutex_lock (&auth->work.mutex);
  n = auth->credentials ? fw_credentials_count (auth->credentials) : 0;
  fw_mutex_unlock (&auth->work.mutex);
  return n;
}

IngestAuthCounts
ingest_auth_counts (IngestAuth *auth)
{
  IngestAuthCounts counts;

  fw_mutex_lock (&auth->work.mutex);
  counts = auth->counts;
  counts.n_forgotten = ingest_known_n_forgotten (auth->known);
  fw_mutex_unlock (&auth->work.mutex);
  return counts;
}

/* What follows runs under the mutex, but for what says otherwise. */

static IngestAdmission
refuse (IngestAuth *auth, IngestAdmission why)
{
  auth->counts.n_refused[why]++;
  return why;
}

static IngestAdmission
wrong (IngestAuth *auth, const char *peer, const char *name, gsize name_len, const char *why)
{
  ingest_tries_failed (auth->tries, peer, name, name_len, mono_ms ());
  fw_warn_limited (_ ("a credential from %s is refused: %s"), peer, why);
  return refuse (auth, INGEST_ADMIT_WRONG);
}

static IngestAdmission
let_in (IngestAuth *auth, FwPass *pass, const IngestDigest *digest)
{
  auth->counts.n_verified++;
  ingest_known_add (auth->known, digest, pass);
  return INGEST_ADMIT_IN;
}

/* A worker's turn, without the mutex but where it is taken. */
void
ingest_auth_work_on (IngestAuth *auth, IngestQuestion *question)
{
  gboolean is_right;

  fw_mutex_lock (&auth->work.mutex);
  question->pass = ingest_known_find (auth->known, &question->digest, wall_ms ());
  question->admission = INGEST_ADMIT_IN;
  if (question->pass) /* another connection of the same device was asked meanwhile */
    auth->counts.n_known++;
  else if (!ingest_tries_may (auth->tries, question->peer, question->name, question->name_len,
                              mono_ms ()))
    question->admission = refuse (auth, INGEST_ADMIT_TRIES);
  fw_mutex_unlock (&auth->work.mutex);
  if (question->pass || question->admission == INGEST_ADMIT_TRIES)
    return;
  is_right = fw_password_matches (question->secret, question->secret_len, question->hash)
             && question->line_pass && fw_pass_is_good (question->line_pass, wall_ms ());
  fw_mutex_lock (&auth->work.mutex);
  question->admission
      = is_right ? let_in (auth, question->line_pass, &question->digest)
                 : wrong (auth, question->peer, question->name, question->name_len,
                          question->line_pass ? _ ("wrong password") : _ ("unknown name"));
  fw_mutex_unlock (&auth->work.mutex);
  if (is_right)
    question->pass = fw_pass_ref (question->line_pass);
}

static IngestAdmission
ask_for_name (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof,
              const IngestDigest *digest, const char *peer)
{
  IngestAuth *auth = desk->auth;
  const FwCredential *line;
  const char *hash;
  guint pick;

  if (!auth->credentials)
    return wrong (auth, peer, proof->name.data, proof->name.len,
                  _ ("it is no token, and there is no --credentials-file"));
  line = fw_credentials_find (auth->credentials, proof->name.data, proof->name.len);
  memcpy (&pick, digest, sizeof pick);
  hash = line ? line->hash : fw_credentials_decoy (auth->credentials, pick);
  guest->question
      = ingest_question_new (desk, guest, proof, digest, hash, line ? line->pass : NULL, peer);
  if (ingest_work_push (&auth->work, guest->question))
    return INGEST_ADMIT_LATER;
  g_clear_pointer (&guest->question, ingest_question_free);
  return refuse (auth, INGEST_ADMIT_BUSY);
}

static gboolean
is_token (const IngestAuth *auth, const IngestProof *proof)
{
  FwTokenParts parts;

  return auth->key
         && (proof->is_token || fw_token_split (proof->secret.data, proof->secret.len, &parts));
}

/* What was shown, as it is looked up. */
typedef struct
{
  const char *name; /* NULL: a token */
  gsize name_len;
  IngestDigest digest;
} Shown;

static Shown
shown_of (const IngestAuth *auth, const IngestProof *proof)
{
  Shown shown = { NULL, 0, { { 0 } } };

  if (!is_token (auth, proof))
    shown.name = proof->name.data ? proof->name.data : "";
  if (shown.name)
    shown.name_len = proof->name.len;
  shown.digest = ingest_known_digest (auth->known, shown.name, shown.name_len, proof->secret.data,
                                      proof->secret.len);
  return shown;
}

#define VERIFY_TOKEN INGEST_N_ADMISSIONS /* the answer, for the moment */

static IngestAdmission
ask (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof, const Shown *shown,
     const char *peer)
{
  IngestAuth *auth = desk->auth;

  guest->pass = ingest_known_find (auth->known, &shown->digest, wall_ms ());
  if (guest->pass)
    {
      auth->counts.n_known++;
      return INGEST_ADMIT_IN;
    }
  if (proof->name.len == 0 && proof->secret.len == 0)
    return refuse (auth, INGEST_ADMIT_MISSING);
  if (!ingest_tries_may (auth->tries, peer, shown->name, shown->name_len, mono_ms ()))
    return refuse (auth, INGEST_ADMIT_TRIES);
  if (!shown->name)
    return VERIFY_TOKEN;
  if (proof->is_token)
    return wrong (auth, peer, NULL, 0, _ ("it is a token, and there is no --token-key-file"));
  return ask_for_name (desk, guest, proof, &shown->digest, peer);
}

/* From here on without it. */

static IngestAdmission
verify_token (IngestAuth *auth, IngestGuest *guest, const IngestProof *proof,
              const IngestDigest *digest, const char *peer)
{
  const FwTokenRules rules = { auth->audience, auth->issuer };
  FwTokenFault fault = fw_token_verify (auth->key, &rules, proof->secret.data, proof->secret.len,
                                        wall_ms () / 1000, &guest->pass);
  IngestAdmission admission;

  fw_mutex_lock (&auth->work.mutex);
  admission = fault == FW_TOKEN_OK ? let_in (auth, guest->pass, digest)
                                   : wrong (auth, peer, NULL, 0, fw_token_fault_names[fault]);
  fw_mutex_unlock (&auth->work.mutex);
  return admission;
}

IngestAdmission
ingest_desk_ask (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof, const char *peer)
{
  IngestAdmission admission;
  Shown shown;

  if (!desk)
    return INGEST_ADMIT_IN;
  if (guest->question)
    return INGEST_ADMIT_LATER;
  if (guest->is_answered)
    return guest->admission;
  if (proof->certificate_name)
    {
      guest->pass = fw_pass_parse (proof->certificate_name, strlen (proof->certificate_name));
      if (guest->pass)
        return INGEST_ADMIT_IN;
    }
  shown = shown_of (desk->auth, proof);
  fw_mutex_lock (&desk->auth->work.mutex);
  admission = ask (desk, guest, proof, &shown, peer);
  fw_mutex_unlock (&desk->auth->work.mutex);
  return admission == VERIFY_TOKEN ? verify_token (desk->auth, guest, proof, &shown.digest, peer)
                                   : admission;
}

gboolean
ingest_desk_takes_passwords (const IngestDesk *desk)
{
  return desk->auth->credentials_file != NULL;
}

gboolean
ingest_desk_takes_tokens (const IngestDesk *desk)
{
  return desk->auth->key != NULL;
}

IngestIdentity
ingest_guest_identity (const IngestGuest *guest)
{
  const FwPass *pass = guest->pass;
  IngestIdentity identity = { { NULL, 0 }, { NULL, 0 } };

  if (pass)
    identity.fleet = (FwText){ pass->fleet, (guint) strlen (pass->fleet) };
  if (pass && pass->device_id)
    identity.device_id = (FwText){ pass->device_id, (guint) strlen (pass->device_id) };
  return identity;
}

gboolean
ingest_guest_is_good (const IngestGuest *guest, gint64 at_wall_ms)
{
  return !guest->pass || fw_pass_is_good (guest->pass, at_wall_ms);
}
