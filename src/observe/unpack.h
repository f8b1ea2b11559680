#pragma once
// Byte sources over byte sources.

#include <memory>
#include <string>

#include "observe/byte_source.h"

namespace tidegate::observe {

/// gzip, RFC 1952: members one after another; zeros may follow the last. `file` is for messages.
[[nodiscard]] std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed, std::string file);
/// zstd frames one after another.
[[nodiscard]] std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed, std::string file);
/// journald's export format as syslog lines.
[[nodiscard]] std::unique_ptr<ByteSource> journal_lines(std::unique_ptr<ByteSource> exported,
                                                        std::string file);
/// The live journal of this machine, or the files in `directory`, as syslog lines: what mail programs and PAM
/// wrote.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_journal(const std::string& directory);

}  // namespace tidegate::observe
