#pragma once
// Asio and Beast's parser as this folder uses them: precompiled here, and included by no header that others
// see.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/error_code.hpp>

namespace tidegate::net {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

/// Of a coroutine: errors come as values.
inline constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

}  // namespace tidegate::net
