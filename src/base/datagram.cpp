#include "base/datagram.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace flowsift::base {
namespace {

union ControlRoom {
    cmsghdr header;
    std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

}  // namespace

std::optional<std::pair<Descriptor, Descriptor>> datagram_pair() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
    return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

bool send_datagram(int socket, Bytes bytes, int descriptor) {
    iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    ControlRoom control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (descriptor >= 0) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(first), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &header, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::optional<Datagram> receive_datagram(int socket, std::size_t most_bytes, bool takes_descriptor) {
    Datagram datagram;
    datagram.bytes.resize(most_bytes);
    iovec part{datagram.bytes.data(), datagram.bytes.size()};
    ControlRoom control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (takes_descriptor) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
    }
    ssize_t size = -1;
    do size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return std::nullopt;
    datagram.bytes.resize((header.msg_flags & MSG_TRUNC) != 0 ? 0 : static_cast<std::size_t>(size));
    const cmsghdr* first = takes_descriptor ? CMSG_FIRSTHDR(&header) : nullptr;
    if (first != nullptr && first->cmsg_type == SCM_RIGHTS && first->cmsg_len == CMSG_LEN(sizeof(int))) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(first), sizeof number);
        datagram.descriptor = Descriptor(number);
    }
    return datagram;
}

}  // namespace flowsift::base
