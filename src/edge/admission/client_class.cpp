#include "edge/admission/client_class.h"

namespace tidegate::edge {

std::string_view name(ClientClass which) {
    static constexpr ByClass<std::string_view> names{
        {"familiar", "known_sender", "fresh", "doubtful", "listed"}};
    return names[which];
}

}  // namespace tidegate::edge
