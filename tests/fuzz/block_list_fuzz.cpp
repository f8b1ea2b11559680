// Any bytes as a block list in every format: an error with a line, or a list.

#include <cstdlib>
#include <string_view>

#include "observe/block_list.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace tidegate;
    using observe::BlockList;
    using observe::ListFormat;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const ListFormat format : {ListFormat::detect, ListFormat::cidr, ListFormat::ipset,
                                    ListFormat::ip4set, ListFormat::ip6trie, ListFormat::drop_json}) {
        const auto list = BlockList::parse(text, "list", format);
        if (!list && list.error().line == 0) std::abort();
        if (list)
            (void)(list->contains(Address::v4(0xc0000201)) ||
                   list->contains(Address::v6(0x2001'0db8ULL << 32, 1)));
    }
    return 0;
}
