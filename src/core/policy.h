/* The host's own terms for a request whose signatures are right: a decision on its arguments and nothing else. */
#ifndef INKI_CORE_POLICY_H
#define INKI_CORE_POLICY_H

#include "core/config.h"
#include "core/request.h"
#include "core/table.h"

/* When a request that was signed at signed_at lets its key end; a time that no clock has is cut to DATE_MAX. */
int64_t policy_expire(const struct request *request, int64_t signed_at);

/* Is a request that was signed at signed_at fresh enough for any user? Returns STATUS_OK or POLICY_TOO_OLD; *limit as
 * below. */
enum status policy_judge_age(const struct config *config, int64_t signed_at, int64_t now, struct writer *limit);

/* Is the request fresh, meant for this host, and, to add, its key one that the user may have for so long? signer_count
 * different certificates have signed it, the first of them at signed_at. Returns STATUS_OK or a POLICY_… status; *limit
 * is what the policy allows, where that can be said in a word (written to the writer, which may overflow). */
enum status policy_judge_request(const struct config *config, const struct config_policy *policy,
                                 const struct request *request, size_t signer_count, int64_t signed_at, int64_t now,
                                 struct writer *limit);

/* May a key bring these options, in front of which the policy's own ones are put? POLICY_OPTION, POLICY_OPTION_TAKEN,
 * with the option's name in *limit. A key of which this is not true is not served. */
enum status policy_judge_options(const struct config_policy *policy, struct span options, struct writer *limit);

/* What a request does to the record of its key. */
enum policy_effect { POLICY_CHANGES, POLICY_CHANGES_NOTHING };

/* Does the request come in order (CONTRACT 1, order and replay)? record is what is known of its key, or NULL; first_at
 * and signed_at are when the first and the last of its signers signed, expire when it lets its key end. All of its
 * signatures must be later than what is known. Returns STATUS_OK and the effect, or POLICY_OUTDATED,
 * POLICY_SAME_SECOND. */
enum status policy_judge_order(const struct request *request, const struct table_key *record, int64_t first_at,
                               int64_t signed_at, int64_t expire, enum policy_effect *effect);

#endif
