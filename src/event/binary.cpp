#include "event/binary.h"

#include <array>
#include <limits>

namespace tidegate {
namespace {

// How the bytes behind a tag are measured, so that a reader can skip a field that it doesn't know.
enum class Wire : std::uint8_t { number = 0, bytes = 1 };

// Never reuse a number; docs/formats.md lists them.
enum class Tag : std::uint32_t {
    time = 1,
    received,
    address,
    kind,
    service,
    outcome,
    reason,
    layer,
    measure,
    tls,
    early,
    port,
    attempts,
    as_number,
    lists,
    rank,
    guess,
    line,
    id_boot,
    id_sequence,
    file,
    account,
    method,
    session,
    host,
    client,
    ehlo,
    listener,
    tenant,
    node,
    program,
};

struct TextTag {
    Tag tag;
    std::string_view Event::* member;
};

constexpr std::array<TextTag, 11> texts{{{Tag::file, &Event::file},
                                         {Tag::account, &Event::account},
                                         {Tag::method, &Event::method},
                                         {Tag::session, &Event::session},
                                         {Tag::host, &Event::host},
                                         {Tag::client, &Event::client},
                                         {Tag::ehlo, &Event::ehlo},
                                         {Tag::listener, &Event::listener},
                                         {Tag::tenant, &Event::tenant},
                                         {Tag::node, &Event::node},
                                         {Tag::program, &Event::program}}};

// LEB128, as DWARF and protocol buffers write it.
void put_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void put_key(Tag tag, Wire wire, std::string& out) {
    put_varint(static_cast<std::uint64_t>(tag) << 1 | static_cast<std::uint64_t>(wire), out);
}

void put_number(Tag tag, std::uint64_t value, std::string& out) {
    put_key(tag, Wire::number, out);
    put_varint(value, out);
}

void put_bytes(Tag tag, std::string_view bytes, std::string& out) {
    put_key(tag, Wire::bytes, out);
    put_varint(bytes.size(), out);
    out += bytes;
}

// Small negative numbers stay small.
constexpr std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

void put_time(Tag tag, Time time, std::string& out) {
    if (time != Time{}) put_number(tag, zigzag(time.time_since_epoch().count()), out);
}

void put_address(Address address, std::string& out) {
    if (address.is_none()) return;
    std::array<char, 16> bytes;
    const std::size_t size = address.is_v4() ? 4 : 16;
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t place = 16 - size + i;
        const std::uint64_t half = place < 8 ? address.high() : address.low();
        bytes[i] = static_cast<char>(half >> (56 - 8 * (place % 8)));
    }
    put_bytes(Tag::address, {bytes.data(), size}, out);
}

template <class Value>
void put_known(Tag tag, Value value, std::string& out) {
    if (value != Value{}) put_number(tag, static_cast<std::uint64_t>(value), out);
}

void put_fields(const Event& event, std::string& out) {
    put_time(Tag::time, event.time, out);
    put_time(Tag::received, event.received, out);
    put_address(event.address, out);
    put_number(Tag::kind, static_cast<std::uint64_t>(event.kind), out);
    put_known(Tag::service, event.service, out);
    put_known(Tag::outcome, event.outcome, out);
    put_known(Tag::reason, event.reason, out);
    put_known(Tag::layer, event.layer, out);
    if (event.measure) put_number(Tag::measure, static_cast<std::uint64_t>(*event.measure), out);
    if (event.tls) put_number(Tag::tls, *event.tls ? 1 : 0, out);
    put_known(Tag::early, event.early, out);
    put_known(Tag::port, event.port, out);
    if (event.attempts != 1) put_number(Tag::attempts, event.attempts, out);
    put_known(Tag::as_number, event.as_number, out);
    put_known(Tag::lists, event.lists, out);
    put_known(Tag::rank, event.rank, out);
    if (event.guess) put_number(Tag::guess, *event.guess, out);
    put_known(Tag::line, event.line, out);
    put_known(Tag::id_boot, event.id_boot, out);
    put_known(Tag::id_sequence, event.id_sequence, out);
    for (const TextTag& text : texts)
        if (!(event.*text.member).empty()) put_bytes(text.tag, event.*text.member, out);
}

/// Takes pieces from the front of bytes; once one is missing or out of range, `wrong` says which.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool at_end() const { return bytes_.empty() || wrong != nullptr; }
    [[nodiscard]] std::string_view rest() const { return bytes_; }
    const char* wrong = nullptr;

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (bytes_.empty()) return fail("cut short");
            const auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
        return fail("a number of more than 64 bits");
    }
    std::uint64_t number(std::uint64_t max, const char* what) {
        const std::uint64_t value = varint();
        return value <= max ? value : fail(what);
    }
    std::string_view bytes() {
        const std::uint64_t size = varint();
        if (size > bytes_.size()) return fail("a length beyond the end"), std::string_view{};
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }
    std::uint64_t fail(const char* what) {
        if (wrong == nullptr) wrong = what;
        return 0;
    }

private:
    std::string_view bytes_;
};

/// Makes an event of one record's fields.
class Decoder {
public:
    Decoder(std::string_view fields, bool later, EventBatch& batch)
        : in_(fields), later_(later), batch_(batch) {}

    [[nodiscard]] const char* wrong() const { return in_.wrong; }

    Event decode() {
        std::uint64_t last = 0;
        while (!in_.at_end()) {
            const std::uint64_t key = in_.varint();
            if (in_.wrong == nullptr && key >> 1 <= last) in_.fail("fields out of order");
            last = key >> 1;
            if ((key & 1) == static_cast<std::uint64_t>(Wire::bytes))
                take_bytes(last);
            else
                take_number(last);
        }
        return event_;
    }

private:
    void take_bytes(std::uint64_t tag) {
        const std::string_view bytes = in_.bytes();
        if (in_.wrong != nullptr) return;
        if (tag == static_cast<std::uint64_t>(Tag::address)) return take_address(bytes);
        for (const TextTag& text : texts)
            if (static_cast<std::uint64_t>(text.tag) == tag) event_.*text.member = batch_.keep(bytes);
    }

    void take_address(std::string_view bytes) {
        std::array<std::uint64_t, 2> halves{};
        if (bytes.size() != 4 && bytes.size() != 16) {
            in_.fail("an address of neither 4 nor 16 bytes");
            return;
        }
        for (std::size_t i = 0; i < bytes.size(); ++i)
            halves[i / 8] = halves[i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
        event_.address = bytes.size() == 4 ? Address::v4(static_cast<std::uint32_t>(halves[0]))
                                           : Address::v6(halves[0], halves[1]);
    }

    void take_number(std::uint64_t tag) {
        switch (static_cast<Tag>(tag)) {
            case Tag::time:
                return take_time(event_.time);
            case Tag::received:
                return take_time(event_.received);
            case Tag::kind:
                return take_kind();
            case Tag::service:
                return take_name(event_.service);
            case Tag::outcome:
                return take_name(event_.outcome);
            case Tag::reason:
                return take_name(event_.reason);
            case Tag::layer:
                return take_name(event_.layer);
            case Tag::measure:
                return take_name(event_.measure.emplace());
            case Tag::tls:
                event_.tls = in_.number(1, "tls out of range") != 0;
                return;
            case Tag::early:
                event_.early = in_.number(1, "early out of range") != 0;
                return;
            case Tag::port:
                return take_unsigned(event_.port);
            case Tag::attempts:
                return take_unsigned(event_.attempts);
            case Tag::as_number:
                return take_unsigned(event_.as_number);
            case Tag::lists:
                return take_unsigned(event_.lists);
            case Tag::rank:
                return take_unsigned(event_.rank);
            case Tag::guess:
                event_.guess = in_.varint();
                return;
            case Tag::line:
                return take_unsigned(event_.line);
            case Tag::id_boot:
                return take_unsigned(event_.id_boot);
            case Tag::id_sequence:
                return take_unsigned(event_.id_sequence);
            default:
                in_.varint();  // a field of a later version
        }
    }

    template <class Unsigned>
    void take_unsigned(Unsigned& to) {
        to = static_cast<Unsigned>(in_.number(std::numeric_limits<Unsigned>::max(), "a number out of range"));
    }

    void take_time(Time& to) {
        const Time time{Duration(unzigzag(in_.varint()))};
        if (time < time_of_unix(-62'167'219'200) || time >= time_of_unix(253'402'300'800))
            in_.fail("a time outside the years 0000 to 9999");
        to = time;
    }

    // What kind of event it is can't be left out; everything else can.
    void take_kind() {
        const std::uint64_t last = names_of<EventKind>().size() - 1;
        event_.kind = static_cast<EventKind>(in_.number(last, "an unknown kind of event"));
    }

    template <class Enum>
    void take_name(Enum& to) {
        const std::uint64_t value = in_.varint();
        if (value < names_of<Enum>().size())
            to = static_cast<Enum>(value);
        else if (!later_)
            in_.fail("an unknown value");
    }

    Reader in_;
    bool later_;
    EventBatch& batch_;
    Event event_;
};

}  // namespace

void append_binary(const Event& event, std::string& out) {
    // The length comes first but is known last: events are far below 16,384 bytes but for hostile ones.
    thread_local std::string body;
    body.clear();
    body += static_cast<char>(binary_version);
    put_fields(event, body);
    put_varint(body.size(), out);
    out += body;
}

Result<Event> parse_binary(std::string_view& bytes, EventBatch& batch) {
    const auto refused = [](const char* what) {
        return std::unexpected(Error{"", 0, std::string("no event in binary form: ") + what, ""});
    };
    Reader frame(bytes);
    const std::string_view record = frame.bytes();
    if (frame.wrong != nullptr) return refused(frame.wrong);
    if (record.empty() || record.front() == 0) return refused("no version");
    const bool later = static_cast<std::uint8_t>(record.front()) > binary_version;
    Decoder decoder(record.substr(1), later, batch);
    Event event = decoder.decode();
    if (decoder.wrong() != nullptr) return refused(decoder.wrong());
    bytes = frame.rest();
    return event;
}

}  // namespace tidegate
