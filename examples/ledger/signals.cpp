#include "ledger/signals.hpp"

#include <cerrno>
#include <system_error>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace ledger {

signals::signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  // A shell starts background jobs with SIGINT ignored; a long job is stopped by it all the same.
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, &before_);
  sigdelset(&before_, SIGINT);
  sigdelset(&before_, SIGTERM);
  arrivals_ = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  if (arrivals_ < 0) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
}

signals::~signals() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(arrivals_);
}

void signals::check() {
  signalfd_siginfo arrived = {};
  if (::read(arrivals_, &arrived, sizeof arrived) == static_cast<ssize_t>(sizeof arrived)) {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    throw interrupted{static_cast<int>(arrived.ssi_signo)};
  }
}

void signals::wait_readable(int descriptor) { wait(descriptor, POLLIN); }

void signals::wait_writable(int descriptor) { wait(descriptor, POLLOUT); }

void signals::wait(int descriptor, short events) {
  pollfd waited[] = {{descriptor, events, 0}, {arrivals_, POLLIN, 0}};
  do {
    if (::poll(waited, 2, -1) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    check();
  } while (waited[0].revents == 0);
}

}  // namespace ledger
