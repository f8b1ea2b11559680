// The library's own way, and nothing else: Beast's messages read and written by Asio's coroutines, an
// io_context and a SO_REUSEPORT listener for each thread. No deadlines, limits, keys, counts or shutdown.
// usage: net_bench_beast PORT THREADS

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> session(tcp::socket socket) {
    socket.set_option(tcp::no_delay(true));
    beast::flat_buffer buffer;
    while (true) {
        http::request<http::string_body> request;
        const auto [read_error, read] = co_await http::async_read(socket, buffer, request, as_values);
        if (read_error) co_return;
        http::response<http::string_body> response(http::status::ok, request.version());
        response.set(http::field::content_type, "application/json");
        response.keep_alive(request.keep_alive());
        response.body() = R"({"status":0,"msg":""})";
        response.prepare_payload();
        const auto [write_error, written] = co_await http::async_write(socket, response, as_values);
        if (write_error || !response.keep_alive()) co_return;
    }
}

asio::awaitable<void> accept(tcp::acceptor acceptor) {
    while (true) {
        auto [error, socket] = co_await acceptor.async_accept(as_values);
        if (!error) asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
    }
}

void serve(unsigned short port) {
    asio::io_context context(1);
    tcp::acceptor acceptor(context);
    acceptor.open(tcp::v4());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    const int on = 1;
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    acceptor.bind({asio::ip::address_v4::loopback(), port});
    acceptor.listen();
    asio::co_spawn(context, accept(std::move(acceptor)), asio::detached);
    context.run();
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    std::vector<std::jthread> threads;
    for (int i = 0; i < std::atoi(argv[2]); ++i)
        threads.emplace_back(serve, static_cast<unsigned short>(std::atoi(argv[1])));
}
