#include "name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <optional>

#include "base/check.h"

namespace tidegate::observe {
namespace {

constexpr unsigned no_error = 0, server_failed = 2, no_such_name = 3, refused = 5;
constexpr std::uint32_t test_record = 0x7f00'0002;
constexpr std::string_view v6_tail = ".0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.";

void put16(std::string& out, unsigned number) {
    out.push_back(static_cast<char>(number >> 8));
    out.push_back(static_cast<char>(number & 0xff));
}
void put32(std::string& out, std::uint32_t number) {
    put16(out, number >> 16);
    put16(out, number & 0xffff);
}

bool is_test(std::string_view name, char last) {
    const std::string v4 = std::string(1, last) + ".0.0.127.";
    return name.starts_with(v4) || (name.starts_with(last) && name.substr(1).starts_with(v6_tail));
}

// The name asked for and the byte behind the question.
std::optional<std::pair<std::string, std::size_t>> read_question(std::string_view bytes) {
    std::string name;
    std::size_t at = 12;
    while (at < bytes.size() && bytes[at] != 0) {
        const auto size = static_cast<unsigned char>(bytes[at]);
        if (at + 1 + size > bytes.size()) return {};
        if (!name.empty()) name.push_back('.');
        for (const char c : bytes.substr(at + 1, size))
            name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
        at += 1 + size;
    }
    if (at + 5 > bytes.size()) return {};
    return std::pair(name, at + 5);
}

}  // namespace

NameServer::NameServer()
    : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), bell_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    CHECK(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&name), size) == 0);
    CHECK(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
    thread_ = std::thread([this] { run(); });
}

NameServer::~NameServer() {
    stopping_ = true;
    const std::uint64_t one = 1;
    CHECK(::write(bell_.number(), &one, sizeof one) == sizeof one);
    thread_.join();
}

void NameServer::put(std::string name, std::vector<std::uint32_t> records) {
    const std::lock_guard held(lock_);
    table_[std::move(name)] = std::move(records);
}

void NameServer::set_ttl(std::uint32_t positive, std::uint32_t soa, std::uint32_t minimum) {
    const std::lock_guard held(lock_);
    positive_ = positive;
    soa_ttl_ = soa;
    minimum_ = minimum;
}

void NameServer::leave_out_soa() {
    const std::lock_guard held(lock_);
    has_soa_ = false;
}

void NameServer::release() {
    const std::lock_guard held(lock_);
    mood_ = Mood::honest;
    for (const Question& question : std::exchange(held_, {})) answer(question, Mood::honest);
}

std::size_t NameServer::asked(std::string_view name) const {
    const std::lock_guard held(lock_);
    const auto found = asked_.find(name);
    return found == asked_.end() ? 0 : found->second;
}

std::size_t NameServer::asked() const {
    const std::lock_guard held(lock_);
    std::size_t sum = 0;
    for (const auto& [name, times] : asked_)
        if (!is_test(name, '1') && !is_test(name, '2')) sum += times;
    return sum;
}

void NameServer::run() {
    std::array<pollfd, 2> ready{pollfd{socket_.number(), POLLIN, 0}, pollfd{bell_.number(), POLLIN, 0}};
    while (!stopping_) {
        if (::poll(ready.data(), ready.size(), -1) < 0 || (ready[0].revents & POLLIN) == 0) continue;
        std::array<char, 1500> bytes;
        Question question;
        question.from.resize(sizeof(sockaddr_in));
        socklen_t size = sizeof(sockaddr_in);
        const ssize_t got = ::recvfrom(socket_.number(), bytes.data(), bytes.size(), 0,
                                       reinterpret_cast<sockaddr*>(question.from.data()), &size);
        if (got < 12) continue;
        question.bytes.assign(bytes.data(), static_cast<std::size_t>(got));
        const auto read = read_question(question.bytes);
        if (!read) continue;
        std::tie(question.name, question.end) = *read;
        take(question);
    }
}

void NameServer::take(const Question& question) {
    const std::lock_guard held(lock_);
    ++asked_[question.name];
    const Mood mood = mood_;
    if (mood == Mood::held)
        held_.push_back(question);
    else if (mood != Mood::silent)
        answer(question, mood);
}

std::vector<std::uint32_t> NameServer::records_of(const std::string& name, Mood mood) const {
    if (mood == Mood::error_code) return {0x7fff'fffe};
    if (mood == Mood::names_all) return {test_record};
    if (mood == Mood::abroad) return {0xc000'0201};
    if (mood == Mood::empty) return {};
    if (const auto found = table_.find(name); found != table_.end()) return found->second;
    return is_test(name, '2') ? std::vector{test_record} : std::vector<std::uint32_t>{};
}

std::string NameServer::packet(const Question& question, unsigned code,
                               const std::vector<std::uint32_t>& records) const {
    const bool soa = records.empty() && has_soa_ && (code == no_error || code == no_such_name);
    std::string out = question.bytes.substr(0, 2);
    put16(out, 0x8180 | code);
    put16(out, 1);
    put16(out, static_cast<unsigned>(records.size()));
    put16(out, soa ? 1 : 0);
    put16(out, 0);
    out += question.bytes.substr(12, question.end - 12);
    for (const std::uint32_t record : records) {
        out += "\xc0\x0c";
        put32(out, 0x0001'0001);  // A, IN
        put32(out, positive_);
        put16(out, 4);
        put32(out, record);
    }
    if (!soa) return out;
    out += "\xc0\x0c";
    put32(out, 0x0006'0001);  // SOA, IN
    put32(out, soa_ttl_);
    put16(out, 22);
    put16(out, 0);  // two names, both the root
    for (int i = 0; i < 4; ++i) put32(out, 1);
    put32(out, minimum_);
    return out;
}

void NameServer::answer(const Question& question, Mood mood) {
    const auto records = records_of(question.name, mood);
    unsigned code = records.empty() ? no_such_name : no_error;
    if (mood == Mood::refused) code = refused;
    if (mood == Mood::failed) code = server_failed;
    const bool plain = mood != Mood::refused && mood != Mood::failed;
    std::string out = packet(question, code, plain ? records : std::vector<std::uint32_t>{});
    if (mood == Mood::cut) out.resize(question.end + 3), out.at(7) = 1;
    if (mood == Mood::garbage) out = out.substr(0, 12) + std::string(40, '\xfe');
    if (mood == Mood::other_question) out.at(13) = '9';
    ::sendto(socket_.number(), out.data(), out.size(), 0,
             reinterpret_cast<const sockaddr*>(question.from.data()), sizeof(sockaddr_in));
}

}  // namespace tidegate::observe
