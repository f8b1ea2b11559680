// Any bytes of a server that speaks POP3, or does not: the same in any pieces, whole commands to it, one line
// of its words to the client, nothing kept beyond the limit.

#include "mail_line_talk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace tidegate::wire;
    fuzz_back(make_pop3_back, {reinterpret_cast<const char*>(bytes), size});
    return 0;
}
