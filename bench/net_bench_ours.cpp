// Our HTTP server with a handler that says the same to everybody. usage: net_bench_ours PORT THREADS

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/http_server.h"

using namespace tidegate::net;

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    Threads threads(static_cast<unsigned>(std::atoi(argv[2])));
    HttpServer server(threads, {}, [](const Request& request, Response& response) {
        response.content_type("application/json");
        if (request.query("command") == "allow") response.body() = R"({"status":0,"msg":""})";
    });
    auto listener = Listener::open(Endpoint::parse(std::string("127.0.0.1:") + argv[1]).value(),
                                   static_cast<unsigned>(threads.size()));
    if (!listener) return std::fprintf(stderr, "%s\n", listener.error().text().c_str()), 2;
    server.listen(std::move(*listener));
    Loop main;
    const int signals[] = {SIGTERM, SIGINT};
    main.on_signals(signals, [&](int) { main.stop(); });
    main.run();
    server.stop(std::chrono::seconds(2));
}
