#include <array>

#include "keep/entry.h"
#include "keep/varint.h"

namespace tidegate::keep {

std::string text_of(const Note& note) {
    std::string out;
    for (const std::string_view part : {note.who, note.about, note.text}) {
        put_varint(part.size(), out);
        out += part;
    }
    return out;
}

std::optional<Note> note_in(std::string_view text) {
    Cursor in(text);
    std::array<std::string_view, 3> parts;
    for (std::string_view& part : parts) part = in.bytes(in.varint());
    if (in.cut() || !in.rest().empty()) return std::nullopt;
    return Note{parts[0], parts[1], parts[2]};
}

}  // namespace tidegate::keep
