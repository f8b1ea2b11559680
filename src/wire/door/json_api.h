#pragma once
// The door for everything else (Exim, webmail, own software): a plain JSON API. docs/openapi.yaml has it.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/batch.h"
#include "event/verdict.h"
#include "wire/door/question.h"

namespace tidegate::wire {

inline constexpr std::size_t max_api_bytes = 16 * 1024;

/// Reads a request: `path` is /v1/consider, /v1/report or /v1/reset, the body an object with fields of an
/// event's text form (docs/formats.md) and perhaps `password`, which goes to `mark` at once and nowhere
/// else. Unknown fields are ignored, `null` counts as missing. A consideration with `"outcome":"success"`
/// says that the password was right; one without `account` asks about a connection.
/// Thread: any.  Cost: one pass, two where there is a password.
/// Fails: another path, no object, too long, a wrong type, an unknown name, a bad address, a field twice,
/// something missing; the error names the field and the mend.
[[nodiscard]] Result<Question> read_api(std::string_view path, std::string_view body,
                                        const MarkPassword& mark, EventBatch& batch);

/// Appends the answer to a consideration: {"measure":"pass|slow|defer|refuse","delay_ms":N,"judged":"...",
/// "sum":S,"evidence":[{"kind":"...","weight":W,"detail":"..."}],"code":"...","text":"..."}. `measure` is
/// what to do; `judged` is what the judge thought (more than `measure` in watch mode).
void write_api(const Answer& answer, const Verdict& verdict, const Event& event, std::string& out);
/// Appends {"status":"ok"}, for reports and resets.
void write_api_ok(std::string& out);
/// Appends {"error":"...","mend":"..."}, for an HTTP status of 400.
void write_api_error(const Error& error, std::string& out);

}  // namespace tidegate::wire
