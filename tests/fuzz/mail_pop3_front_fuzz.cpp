// Any bytes of a client that speaks POP3: the same in any pieces, whole lines in answer, no password in the
// clear where none is allowed, nothing kept beyond the limits.

#include "mail_line_talk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace tidegate::wire;
    const FrontOffer servers{.host = "mail.example.org",
                             .capabilities = {"TOP", "RESP-CODES", "UTF8"},
                             .mechanisms = {"PLAIN", "LOGIN", "XOAUTH2", "CRAM-MD5", "SCRAM-SHA-256"}};
    fuzz_front(make_pop3_front, servers, {reinterpret_cast<const char*>(bytes), size});
    return 0;
}
