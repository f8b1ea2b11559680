// Any bytes as the changes that a trial is asked for: they are refused, or the changed file is a
// configuration that has them.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "config/changed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    const std::string file = "/etc/tidegate/tidegate.toml";
    const auto changes = config::read_changes({reinterpret_cast<const char*>(data), size});
    if (!changes) {
        CHECK(!changes.error().mend.empty());
        return 0;
    }
    CHECK(changes->size() <= config::most_changes);
    CHECK(config::changes_json(*changes).starts_with('['));
    const auto text = config::changed_text(
        "[judge]\nrefuse_at = 60\n[[list]]\nname = \"ours\"\npath = \"listed\"\nweight = 15\n", file,
        *changes);
    if (!text) return 0;
    const auto root = config::read_tree(*text, file);
    CHECK(root);
    for (auto each = changes->rbegin(); each != changes->rend(); ++each) {
        const config::Tree* section = root->find(each->section);
        CHECK(section != nullptr);
        bool is_last = true;  // of this setting: later ones hold
        for (auto later = changes->rbegin(); later != each; ++later)
            is_last = is_last && (later->section != each->section || later->setting != each->setting);
        if (is_last) CHECK((section->find(each->setting) == nullptr) == each->is_taken_out);
    }
    return 0;
}
