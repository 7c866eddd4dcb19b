/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-options.h"

#include "ingest-metrics.h"
#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (IngestOptions, member)

#define SECOND 1000.0
#define DAY (86400 * SECOND)
#define KIB 1024.0
#define MIB (1024 * KIB)

static const FwOption rows[] = {
  { "http", 0, FW_OPTION_STRING, OPTION (http), 0, 0, "localhost:8081", NULL,
    "FLEETWIRE_INGEST_HTTP", "listeners", "HOST:PORT",
    N_ ("Address for POST /v1/events, and for phones (/v1/traccar, /v1/owntracks); port 0 takes "
        "any free one, empty for none") },
  { "mqtt", 0, FW_OPTION_STRING, OPTION (mqtt), 0, 0, "localhost:1883", NULL,
    "FLEETWIRE_INGEST_MQTT", "listeners", "HOST:PORT",
    N_ ("Address for MQTT 3.1.1 and 5.0; port 0 takes any free one, empty for none") },
  { "mqtts", 0, FW_OPTION_STRING, OPTION (mqtts), 0, 0, "", NULL, "FLEETWIRE_INGEST_MQTTS",
    "listeners", "HOST:PORT", N_ ("Address for MQTT by TLS, beside --mqtt; usually port 8883") },
  { "tls-certificate", 0, FW_OPTION_STRING, OPTION (tls_certificate), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_TLS_CERTIFICATE", "listeners", "FILE",
    N_ ("Certificate to show by TLS, and those up to its authority (PEM); read again on SIGHUP") },
  { "tls-key", 0, FW_OPTION_STRING, OPTION (tls_key), 0, 0, NULL, NULL, "FLEETWIRE_INGEST_TLS_KEY",
    "listeners", "FILE", N_ ("The private key of that certificate (PEM)") },
  { "tls-client-ca", 0, FW_OPTION_STRING, OPTION (tls_client_ca), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_TLS_CLIENT_CA", "listeners", "FILE",
    N_ ("Authority of devices' own certificates (PEM), whose common name is then the device: "
        "FLEET/DEVICE_ID") },
  { "tls-require-certificate", 0, FW_OPTION_FLAG, OPTION (tls_require_certificate), 0, 0, "false",
    NULL, "FLEETWIRE_INGEST_TLS_REQUIRE_CERTIFICATE", "listeners", NULL,
    N_ ("By TLS, let in only devices with such a certificate") },
  { "admin-listen", 0, FW_OPTION_STRING, OPTION (admin_listen), 0, 0, "localhost:9465", NULL,
    "FLEETWIRE_INGEST_ADMIN_LISTEN", "listeners", "HOST:PORT",
    N_ ("Address of /metrics, /healthz and /readyz; empty for none") },
  { "public-host", 0, FW_OPTION_STRINGS, OPTION (public_hosts), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_PUBLIC_HOST", "listeners", "NAME",
    N_ ("Name under which devices reach this ingest by HTTP, beside localhost; may be given "
        "again") },
  { "allow-origin", 0, FW_OPTION_STRINGS, OPTION (allow_origins), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_ALLOW_ORIGIN", "listeners", "ORIGIN",
    N_ ("Origin whose pages may send events, beside our own host; may be given again") },
  { "topic", 't', FW_OPTION_STRING, OPTION (topic), 0, 0, "iot-events", NULL,
    "FLEETWIRE_INGEST_TOPIC", N_ ("events"), "NAME", N_ ("Topic that events go to") },
  { "fields", 0, FW_OPTION_STRING, OPTION (fields), 0, 0, NULL, NULL, "FLEETWIRE_FIELDS", "events",
    "FILE", N_ ("File with a section [fields] that maps other people's JSON") },
  { "mqtt-topic", 0, FW_OPTION_STRINGS, OPTION (mqtt_topics), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_MQTT_TOPIC", "events", "PATTERN",
    N_ ("MQTT topics to take events from, and who speaks there "
        "(fleet/{fleet}/{device_id}/telemetry if none is named); may be given again") },
  { "mqtt-command-topic", 0, FW_OPTION_STRING, OPTION (mqtt_command_topic), 0, 0,
    "fleet/{fleet}/{device_id}/command", NULL, "FLEETWIRE_INGEST_MQTT_COMMAND_TOPIC",
    N_ ("commands"), "PATTERN",
    N_ ("MQTT topic that a device subscribes to for its commands; empty for none") },
  { "commands-look-back", 0, FW_OPTION_DURATION, OPTION (commands_look_back_ms), 0,
    366 * 86400 * SECOND, "7d", NULL, "FLEETWIRE_INGEST_COMMANDS_LOOK_BACK", "commands", NULL,
    N_ ("How far back fleet.commands is read at the start, by arrival; as long as the topic keeps "
        "them, usually") },
  { "credentials-file", 0, FW_OPTION_STRING, OPTION (credentials_file), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_CREDENTIALS_FILE", N_ ("credentials"), "FILE",
    N_ ("Devices that may speak, a line NAME:HASH:FLEET/DEVICE_ID each, as 'fleetwire enroll' and "
        "htpasswd -B write them; read again on SIGHUP") },
  { "token-key-file", 0, FW_OPTION_STRING, OPTION (token_key_file), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_TOKEN_KEY_FILE", "credentials", "FILE",
    N_ ("Key of the JSON web tokens that devices may bring instead: a secret (HS256), or a public "
        "key in PEM (RS256, ES256, EdDSA)") },
  { "token-audience", 0, FW_OPTION_STRING, OPTION (token_audience), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_TOKEN_AUDIENCE", "credentials", "NAME",
    N_ ("Audience (aud) that a token must be for; without it, one that is for any is refused") },
  { "token-issuer", 0, FW_OPTION_STRING, OPTION (token_issuer), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_TOKEN_ISSUER", "credentials", "NAME",
    N_ ("Issuer (iss) that a token must be of") },
  { "auth-threads", 0, FW_OPTION_INT, OPTION (auth_workers), 1, 64, "1", N_ ("threads"),
    "FLEETWIRE_INGEST_AUTH_THREADS", "credentials", NULL,
    N_ ("Threads that verify passwords, which is slow by purpose; the doors go on meanwhile") },
  { "subscribe", 0, FW_OPTION_STRING, OPTION (subscribe), 0, 0, "", NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE", N_ ("broker that is already there"), "mqtt[s]://HOST[:PORT]",
    N_ ("Take events from this MQTT broker too, as its subscriber; who speaks is said by "
        "--mqtt-topic") },
  { "subscribe-topic", 0, FW_OPTION_STRINGS, OPTION (subscribe_topics), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_TOPIC", "broker that is already there", "FILTER",
    N_ ("What to subscribe to (what --mqtt-topic describes if nothing is named); several ingests "
        "share it when all say $share/NAME/FILTER; may be given again") },
  { "subscribe-username", 0, FW_OPTION_STRING, OPTION (subscribe_username), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_USERNAME", "broker that is already there", "NAME",
    N_ ("User name at the broker") },
  { "subscribe-password-file", 0, FW_OPTION_STRING, OPTION (subscribe_password_file), 0, 0, NULL,
    NULL, "FLEETWIRE_INGEST_SUBSCRIBE_PASSWORD_FILE", "broker that is already there", "FILE",
    N_ ("File that holds the password") },
  { "subscribe-ca", 0, FW_OPTION_STRING, OPTION (subscribe_ca), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_CA", "broker that is already there", "FILE",
    N_ ("Whom to trust as the broker of a mqtts:// address (PEM; this system's authorities if none "
        "is given)") },
  { "subscribe-certificate", 0, FW_OPTION_STRING, OPTION (subscribe_certificate), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_CERTIFICATE", "broker that is already there", "FILE",
    N_ ("Our own certificate for it (PEM)") },
  { "subscribe-key", 0, FW_OPTION_STRING, OPTION (subscribe_key), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_KEY", "broker that is already there", "FILE",
    N_ ("The key of that certificate (PEM)") },
  { "subscribe-client-id", 0, FW_OPTION_STRING, OPTION (subscribe_client_id), 0, 0, NULL, NULL,
    "FLEETWIRE_INGEST_SUBSCRIBE_CLIENT_ID", "broker that is already there", "ID",
    N_ ("Name of our session at the broker (fleetwire- and the machine's name if none is given); "
        "each ingest needs one of its own, the same at every start") },
  { "subscribe-session", 0, FW_OPTION_DURATION, OPTION (subscribe_session_ms), 0, 3650 * DAY, "7d",
    NULL, "FLEETWIRE_INGEST_SUBSCRIBE_SESSION", "broker that is already there", NULL,
    N_ ("How long the broker keeps what is for us while we are away; 0 for not at all") },
  { "subscribe-in-flight", 0, FW_OPTION_INT, OPTION (subscribe_in_flight_max), 1, 65535, "1000",
    "events", "FLEETWIRE_INGEST_SUBSCRIBE_IN_FLIGHT", "broker that is already there", NULL,
    N_ ("Unacknowledged events from the broker (its own bound may be lower, as Mosquitto's "
        "max_inflight_messages of 20 to a client of 3.1.1); nothing more is read then") },
  { "linger", 0, FW_OPTION_DURATION, OPTION (linger_ms), 0, SECOND, "2ms", NULL,
    "FLEETWIRE_INGEST_LINGER", "Kafka", NULL,
    N_ ("How long an event may wait to share a request to Kafka with the next ones") },
  { "give-up", 0, FW_OPTION_DURATION, OPTION (give_up_ms), SECOND, 600 * SECOND, "30s", NULL,
    "FLEETWIRE_INGEST_GIVE_UP", "Kafka", NULL,
    N_ ("An event that Kafka has not taken after this long is not acknowledged") },
  { "max-in-flight", 0, FW_OPTION_INT, OPTION (in_flight_max), 1, 10e6, "20000", "events",
    "FLEETWIRE_INGEST_MAX_IN_FLIGHT", N_ ("limits"), NULL,
    N_ ("Events on their way to Kafka, of each door; further ones wait or get 503") },
  { "max-in-flight-bytes", 0, FW_OPTION_SIZE, OPTION (in_flight_bytes_max), MIB, 4096 * MIB, "64M",
    NULL, "FLEETWIRE_INGEST_MAX_IN_FLIGHT_BYTES", "limits", NULL, N_ ("The same, in bytes") },
  { "max-connections", 0, FW_OPTION_INT, OPTION (connections_max), 1, 1e6, "50000", "connections",
    "FLEETWIRE_INGEST_MAX_CONNECTIONS", "limits", NULL,
    N_ ("Connections of each door; further ones are refused") },
  { "max-connections-per-address", 0, FW_OPTION_INT, OPTION (connections_per_address_max), 0, 1e6,
    "0", "connections", "FLEETWIRE_INGEST_MAX_CONNECTIONS_PER_ADDRESS", "limits", NULL,
    N_ ("Connections of one address; 0 for no limit of its own") },
  { "max-rejects", 0, FW_OPTION_INT, OPTION (rejects_per_s_max), 0, 1e6, "100", N_ ("a second"),
    "FLEETWIRE_INGEST_MAX_REJECTS", "limits", NULL,
    N_ ("Refused payloads of each door to write to fleet.rejects; further ones are only counted") },
  { "max-event", 0, FW_OPTION_SIZE, OPTION (event_max), KIB, MIB, "1000k", NULL,
    "FLEETWIRE_INGEST_MAX_EVENT", "limits", NULL,
    N_ ("An event with its key; a larger one is refused. A topic takes 1 MiB (max.message.bytes), "
        "and Kafka's own words about it need room too") },
  { "max-body", 0, FW_OPTION_SIZE, OPTION (body_max), KIB, 65536 * MIB, "64M", NULL,
    "FLEETWIRE_INGEST_MAX_BODY", "limits", NULL,
    N_ ("The body of one request over HTTP; a larger one gets 413") },
  { "max-headers", 0, FW_OPTION_SIZE, OPTION (header_max), KIB, MIB, "16k", NULL,
    "FLEETWIRE_INGEST_MAX_HEADERS", "limits", NULL,
    N_ ("The headers of one request over HTTP; larger ones get 431") },
  { "max-errors", 0, FW_OPTION_INT, OPTION (errors_max), 1, 10000, "100", "errors",
    "FLEETWIRE_INGEST_MAX_ERRORS", "limits", NULL,
    N_ ("Errors that one answer over HTTP lists; further ones are counted in it") },
  { "max-inflated", 0, FW_OPTION_SIZE, OPTION (inflated_max), KIB, 65536 * MIB, "64M", NULL,
    "FLEETWIRE_INGEST_MAX_INFLATED", "limits", NULL,
    N_ ("What a compressed body may unpack to; a larger one gets 413") },
  { "max-inflate-ratio", 0, FW_OPTION_INT, OPTION (inflate_ratio_max), 2, 10000, "200", "to 1",
    "FLEETWIRE_INGEST_MAX_INFLATE_RATIO", "limits", NULL,
    N_ ("How much larger than itself a compressed body may become; beyond it gets 413") },
  { "max-unfinished", 0, FW_OPTION_SIZE, OPTION (unfinished_max), MIB, 65536 * MIB, "256M", NULL,
    "FLEETWIRE_INGEST_MAX_UNFINISHED", "limits", NULL,
    N_ ("What all connections of a door may hold together of events and packets that are not whole "
        "or wait, beside 4 kB each; who would hold more gets 503, or is closed") },
  { "header-timeout", 0, FW_OPTION_DURATION, OPTION (header_timeout_ms), 100, 600 * SECOND, "10s",
    NULL, "FLEETWIRE_INGEST_HEADER_TIMEOUT", "limits", NULL,
    N_ ("The headers of a request over HTTP must be whole by then, or it gets 408") },
  { "body-timeout", 0, FW_OPTION_DURATION, OPTION (body_timeout_ms), 100, 3600 * SECOND, "20s",
    NULL, "FLEETWIRE_INGEST_BODY_TIMEOUT", "limits", NULL,
    N_ ("Its body must be whole by then, with a second more for each kB, or it gets 408") },
  { "idle-timeout", 0, FW_OPTION_DURATION, OPTION (idle_timeout_ms), SECOND, 86400 * SECOND, "75s",
    NULL, "FLEETWIRE_INGEST_IDLE_TIMEOUT", "limits", NULL,
    N_ ("An HTTP connection without a request is closed after this long") },
  { "max-auth-queue", 0, FW_OPTION_INT, OPTION (auth_queue_max), 1, 1e6, "2000", "devices",
    "FLEETWIRE_INGEST_MAX_AUTH_QUEUE", "limits", NULL,
    N_ ("Devices whose password waits to be verified, of one address at most half; further ones "
        "get 503 or CONNACK 0x89") },
  { "max-auth-failures", 0, FW_OPTION_INT, OPTION (auth_failures_max), 1, 1e6, "10",
    N_ ("a minute"), "FLEETWIRE_INGEST_MAX_AUTH_FAILURES", "limits", NULL,
    N_ ("Wrong credentials of one address under one name, and ten times that under all names; "
        "beyond it get 429 or CONNACK 0x97 whatever is not known yet") },
  { "max-known-credentials", 0, FW_OPTION_INT, OPTION (known_max), 1, 10e6, "100000",
    N_ ("devices"), "FLEETWIRE_INGEST_MAX_KNOWN_CREDENTIALS", "limits", NULL,
    N_ ("Verified credentials that are remembered (as keyed hashes), so that the next time is "
        "quick") },
  { "max-rate", 0, FW_OPTION_NUMBER, OPTION (rate_max), 0, 1e6, "0", N_ ("events a second"),
    "FLEETWIRE_INGEST_MAX_RATE", "limits", NULL,
    N_ ("Events of one device; beyond it HTTP gets 429, and an MQTT connection is not read for a "
        "while; 0 for no limit") },
  { "max-burst", 0, FW_OPTION_INT, OPTION (burst_max), 1, 1e6, "100", "events",
    "FLEETWIRE_INGEST_MAX_BURST", "limits", NULL,
    N_ ("Events that a device may bring at once after a silence, at least a second's worth") },
  { "max-rated-devices", 0, FW_OPTION_INT, OPTION (rated_max), 16, 10e6, "100000", N_ ("devices"),
    "FLEETWIRE_INGEST_MAX_RATED_DEVICES", "limits", NULL,
    N_ ("Devices whose rate is kept; of more, those that spoke least begin anew") },
  { "receive-maximum", 0, FW_OPTION_INT, OPTION (receive_max), 1, 65535, "100", "events",
    "FLEETWIRE_INGEST_RECEIVE_MAXIMUM", "limits", NULL,
    N_ ("Unacknowledged events of one MQTT connection; it is not read any further then") },
  { "max-packet", 0, FW_OPTION_SIZE, OPTION (packet_max), KIB, 16 * MIB, "1100k", NULL,
    "FLEETWIRE_INGEST_MAX_PACKET", "limits", NULL,
    N_ ("An MQTT packet; the connection that sends a larger one is closed") },
  { "max-output", 0, FW_OPTION_SIZE, OPTION (output_max), KIB, 64 * MIB, "256k", NULL,
    "FLEETWIRE_INGEST_MAX_OUTPUT", "limits", NULL,
    N_ ("Answers that wait for one MQTT connection; one that does not read them is closed") },
  { "connect-timeout", 0, FW_OPTION_DURATION, OPTION (connect_timeout_ms), SECOND, 600 * SECOND,
    "10s", NULL, "FLEETWIRE_INGEST_CONNECT_TIMEOUT", "limits", NULL,
    N_ ("An MQTT connection that has not said CONNECT by then is closed") },
  { "packet-timeout", 0, FW_OPTION_DURATION, OPTION (packet_timeout_ms), SECOND, 600 * SECOND,
    "30s", NULL, "FLEETWIRE_INGEST_PACKET_TIMEOUT", "limits", NULL,
    N_ ("An MQTT packet that has begun must be whole by then, or the connection is closed") },
  { "handshake-timeout", 0, FW_OPTION_DURATION, OPTION (handshake_timeout_ms), SECOND, 600 * SECOND,
    "10s", NULL, "FLEETWIRE_INGEST_HANDSHAKE_TIMEOUT", "limits", NULL,
    N_ ("A TLS handshake must be done by then, or the connection is closed") },
  { "max-handshakes", 0, FW_OPTION_INT, OPTION (handshakes_per_s_max), 1, 1e6, "500",
    N_ ("a second"), "FLEETWIRE_INGEST_MAX_HANDSHAKES", "limits", NULL,
    N_ ("TLS handshakes in a second; further ones wait in the kernel") },
  { "max-keep-alive", 0, FW_OPTION_DURATION, OPTION (keep_alive_max_ms), SECOND, 65535 * SECOND,
    "1h", NULL, "FLEETWIRE_INGEST_MAX_KEEP_ALIVE", "limits", NULL,
    N_ ("The longest keep-alive that an MQTT 5.0 client is granted") },
  { "max-subscriptions", 0, FW_OPTION_INT, OPTION (all_subscriptions_max), 1, 10e6, "200000",
    "subscriptions", "FLEETWIRE_INGEST_MAX_SUBSCRIPTIONS", "limits", NULL,
    N_ ("Subscriptions to commands, of all MQTT connections; further ones are refused") },
  { "max-subscriptions-per-connection", 0, FW_OPTION_INT, OPTION (subscriptions_max), 1, 1e6,
    "1000", "subscriptions", "FLEETWIRE_INGEST_MAX_SUBSCRIPTIONS_PER_CONNECTION", "limits", NULL,
    N_ ("The same, of one connection: the devices behind a gateway") },
  { "max-commands-in-flight", 0, FW_OPTION_INT, OPTION (commands_in_flight_max), 1, 65535, "8",
    "commands", "FLEETWIRE_INGEST_MAX_COMMANDS_IN_FLIGHT", "limits", NULL,
    N_ ("Unacknowledged commands of one MQTT connection; further ones wait for its PUBACK") },
  { "max-commands-per-device", 0, FW_OPTION_INT, OPTION (commands_per_device_max), 1, 10000, "32",
    "commands", "FLEETWIRE_INGEST_MAX_COMMANDS_PER_DEVICE", "limits", NULL,
    N_ ("Open commands of one device; the oldest is dropped for a further one") },
  { "max-commands", 0, FW_OPTION_INT, OPTION (commands_max), 1, 100e6, "100000", "commands",
    "FLEETWIRE_INGEST_MAX_COMMANDS", "limits", NULL,
    N_ ("Commands of all devices, with those that are acknowledged and have not expired; the "
        "oldest is dropped for a further one") },
  { "max-commands-bytes", 0, FW_OPTION_SIZE, OPTION (commands_bytes_max), 64 * KIB, 4096 * MIB,
    "64M", NULL, "FLEETWIRE_INGEST_MAX_COMMANDS_BYTES", "limits", NULL, N_ ("The same, in bytes") },
  { "max-command", 0, FW_OPTION_SIZE, OPTION (command_max), 256, MIB, "4k", NULL,
    "FLEETWIRE_INGEST_MAX_COMMAND", "limits", NULL,
    N_ ("One command; a larger one is passed over") },
  { "max-commands-waiting", 0, FW_OPTION_INT, OPTION (commands_waiting_max), 2, 1e6, "1024",
    "commands", "FLEETWIRE_INGEST_MAX_COMMANDS_WAITING", "limits", NULL,
    N_ ("Commands read from Kafka and not yet handed over; at it Kafka is not read any further") },
  { "drain", 0, FW_OPTION_DURATION, OPTION (drain_ms), 0, 600 * SECOND, "10s", NULL,
    "FLEETWIRE_INGEST_DRAIN", "limits", NULL,
    N_ ("How long a stop waits for what was received to be in Kafka and acknowledged") },
  { NULL },
};

static const FwOption kafka_rows[] = { FW_KAFKA_OPTION_ROWS (IngestOptions, kafka), { NULL } };

const FwProgram ingest_program = {
  .name = "ingest",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("events from devices, by HTTP and MQTT, into Kafka"),
  .description = N_ (
      "Takes events by POST /v1/events (one JSON object, an array, or a line each) and by MQTT "
      "3.1.1 or 5.0 with QoS 0 or 1, and writes them to the topic iot-events. Phones with Traccar "
      "Client or OwnTracks send to /v1/traccar and /v1/owntracks.\n\n"
      "An acknowledgement (202, PUBACK) means that all replicas of Kafka have the event. What "
      "cannot be an event is refused with a reason, counted, and shown in fleet.rejects. While "
      "Kafka is away memory stays bounded: then new events wait, or are turned away with 503, "
      "and nothing is acknowledged.\n\n"
      "Over MQTT: QoS 2 is declined, retained messages are taken once and not kept, Session "
      "Present is always 0, topic aliases are not offered.\n\n"
      "A device that subscribes to fleet/{fleet}/{device_id}/command is sent what fleet.commands "
      "holds for it that has not expired, and what comes later, until it acknowledges each by "
      "PUBACK. A restart, or another ingest, sends again what it does not know to be "
      "acknowledged: devices tell copies by command_id.\n\n"
      "With --subscribe, events also come from an MQTT broker that is already there; it is "
      "acknowledged when Kafka has them.\n\n"
      "Any number of ingests may stand side by side; they share nothing."),
  .options = rows,
  .more = kafka_rows,
  .metrics = ingest_metric_rows,
};
