// An operating system interface for SQLite (https://www.sqlite.org/vfs.html) whose files lie in
// memory. Locks mean nothing: a journal has its file to itself, and so needs no shared memory.
#include "casty/testkit/faulty_disk.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "casty/testkit/seeds.hpp"
#include "casty/testkit/test_system.hpp"
#include "persistence/sqlite/store.hpp"

namespace casty::testkit {

namespace {

struct change {
  sqlite3_int64 offset;  // negative: cut to `size`
  std::string bytes;
  sqlite3_int64 size;
};

void apply(std::string& to, const change& made, std::size_t bytes) {
  if (made.offset < 0) {
    to.resize(static_cast<std::size_t>(made.size));
    return;
  }
  const auto offset = static_cast<std::size_t>(made.offset);
  to.resize(std::max(to.size(), offset + bytes));
  std::memcpy(to.data() + offset, made.bytes.data(), bytes);
}

struct file {
  std::string cached;   // as whoever reads sees it
  std::string durable;
  std::vector<change> unsynced;
};

}  // namespace

struct faulty_disk::content {
  explicit content(std::uint64_t seed) : chance(seed) {}

  std::mutex guard;
  std::string name;
  sqlite3_vfs vfs = {};
  std::map<std::string, file> files;
  seeded_random chance;
  std::uint64_t writes = 0;
  std::uint64_t syncs = 0;
  std::uint64_t full_at = 0;      // counts down; 0: never
  std::uint64_t no_sync_at = 0;
  std::uint64_t dark_at = 0;
  bool is_full = false;
  bool is_dark = false;

  // True when it is time.
  static bool count_down(std::uint64_t& left) noexcept { return left != 0 && --left == 0; }
};

namespace {

using disk = faulty_disk::content;

struct open_file : sqlite3_file {
  disk* on;
  file* of;
};

[[nodiscard]] open_file& opened(sqlite3_file* handle) noexcept {
  return *static_cast<open_file*>(handle);
}

int read(sqlite3_file* handle, void* to, int count, sqlite3_int64 offset) {
  const std::lock_guard lock(opened(handle).on->guard);
  const std::string& all = opened(handle).of->cached;
  if (opened(handle).on->is_dark) {
    return SQLITE_IOERR_READ;
  }
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t from = std::min(all.size(), static_cast<std::size_t>(offset));
  const std::size_t there = std::min(wanted, all.size() - from);
  std::memset(to, 0, wanted);
  std::memcpy(to, all.data() + from, there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* handle, const void* from, int count, sqlite3_int64 offset) {
  disk& on = *opened(handle).on;
  const std::lock_guard lock(on.guard);
  ++on.writes;
  on.is_dark = on.is_dark || disk::count_down(on.dark_at);
  on.is_full = on.is_full || disk::count_down(on.full_at);
  if (on.is_dark || on.is_full) {
    return on.is_dark ? SQLITE_IOERR_WRITE : SQLITE_FULL;
  }
  file& of = *opened(handle).of;
  of.unsynced.push_back(
      {offset, std::string(static_cast<const char*>(from), static_cast<std::size_t>(count)), 0});
  apply(of.cached, of.unsynced.back(), of.unsynced.back().bytes.size());
  return SQLITE_OK;
}

int truncate(sqlite3_file* handle, sqlite3_int64 size) {
  const std::lock_guard lock(opened(handle).on->guard);
  if (opened(handle).on->is_dark) {
    return SQLITE_IOERR_TRUNCATE;
  }
  file& of = *opened(handle).of;
  of.unsynced.push_back({-1, {}, size});
  apply(of.cached, of.unsynced.back(), 0);
  return SQLITE_OK;
}

int sync(sqlite3_file* handle, int) {
  disk& on = *opened(handle).on;
  const std::lock_guard lock(on.guard);
  file& of = *opened(handle).of;
  ++on.syncs;
  on.is_dark = on.is_dark || disk::count_down(on.dark_at);
  if (on.is_dark) {
    return SQLITE_IOERR_FSYNC;
  }
  if (disk::count_down(on.no_sync_at)) {
    of.unsynced.clear();  // and it is never written: who reads still finds it in the cache
    return SQLITE_IOERR_FSYNC;
  }
  for (const change& each : of.unsynced) {
    apply(of.durable, each, each.bytes.size());
  }
  of.unsynced.clear();
  return SQLITE_OK;
}

int size_of(sqlite3_file* handle, sqlite3_int64* size) {
  const std::lock_guard lock(opened(handle).on->guard);
  *size = static_cast<sqlite3_int64>(opened(handle).of->cached.size());
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = [](sqlite3_file*) { return SQLITE_OK; },
    .xRead = &read,
    .xWrite = &write,
    .xTruncate = &truncate,
    .xSync = &sync,
    .xFileSize = &size_of,
    .xLock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xCheckReservedLock = [](sqlite3_file*, int* held) { return *held = 0, SQLITE_OK; },
    .xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    .xSectorSize = [](sqlite3_file*) { return 4096; },
    .xDeviceCharacteristics = [](sqlite3_file*) { return 0; },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

[[nodiscard]] disk& disk_of(sqlite3_vfs* vfs) noexcept {
  return *static_cast<disk*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags, int* given) {
  disk& on = disk_of(vfs);
  const std::lock_guard lock(on.guard);
  auto& made = opened(handle);
  made.pMethods = &methods;
  made.on = &on;
  made.of = &on.files[path == nullptr ? "temporary" : path];
  if (given != nullptr) {
    *given = flags;
  }
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int) {
  disk& on = disk_of(vfs);
  const std::lock_guard lock(on.guard);
  if (on.is_dark) {
    return SQLITE_IOERR_DELETE;
  }
  return on.files.erase(path) != 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int is_there(sqlite3_vfs* vfs, const char* path, int, int* found) {
  disk& on = disk_of(vfs);
  const std::lock_guard lock(on.guard);
  *found = on.files.contains(path) ? 1 : 0;
  return SQLITE_OK;
}

int whole_path(sqlite3_vfs*, const char* path, int room, char* to) {
  ::sqlite3_snprintf(room, to, "%s", path);
  return SQLITE_OK;
}

}  // namespace

faulty_disk::faulty_disk(std::uint64_t seed) : content_(std::make_unique<content>(seed)) {
  sqlite3_vfs* own = ::sqlite3_vfs_find(nullptr);
  content_->name = "casty-" + std::to_string(reinterpret_cast<std::uintptr_t>(content_.get()));
  content_->vfs = *own;  // for time and chance
  content_->vfs.iVersion = 1;
  content_->vfs.szOsFile = sizeof(open_file);
  content_->vfs.pNext = nullptr;
  content_->vfs.zName = content_->name.c_str();
  content_->vfs.pAppData = content_.get();
  content_->vfs.xOpen = &testkit::open;
  content_->vfs.xDelete = &testkit::remove;
  content_->vfs.xAccess = &is_there;
  content_->vfs.xFullPathname = &whole_path;
  content_->vfs.xRandomness = [](sqlite3_vfs* vfs, int count, char* to) {
    disk& on = disk_of(vfs);
    const std::lock_guard lock(on.guard);
    for (int each = 0; each < count; ++each) {
      to[each] = static_cast<char>(on.chance.next());
    }
    return count;
  };
  ::sqlite3_vfs_register(&content_->vfs, 0);
}

faulty_disk::~faulty_disk() { ::sqlite3_vfs_unregister(&content_->vfs); }

journal faulty_disk::open() {
  return sqlite::open_journal("journal.sqlite", {}, content_->name.c_str());
}

void faulty_disk::fill_up_at(std::uint64_t count) {
  const std::lock_guard lock(content_->guard);
  content_->full_at = count;
}

void faulty_disk::fail_sync_at(std::uint64_t count) {
  const std::lock_guard lock(content_->guard);
  content_->no_sync_at = count;
}

void faulty_disk::lose_power_at(std::uint64_t count) {
  const std::lock_guard lock(content_->guard);
  content_->dark_at = count;
}

void faulty_disk::repair() {
  const std::lock_guard lock(content_->guard);
  for (auto& [path, of] : content_->files) {
    for (const change& each : of.unsynced) {
      const std::uint64_t luck = content_->chance.next();
      if (luck % 2 == 0) {
        const bool is_torn = luck % 16 == 0;
        apply(of.durable, each, is_torn ? each.bytes.size() / 2 : each.bytes.size());
      }
    }
    of.unsynced.clear();
    of.cached = of.durable;
  }
  content_->full_at = content_->no_sync_at = content_->dark_at = 0;
  content_->is_full = content_->is_dark = false;
}

std::string faulty_disk::image() const {
  const std::lock_guard lock(content_->guard);
  return content_->files["journal.sqlite"].durable;
}

void faulty_disk::restore(std::string image) {
  const std::lock_guard lock(content_->guard);
  content_->files.clear();
  file& of = content_->files["journal.sqlite"];
  of.cached = image;
  of.durable = std::move(image);
}

std::uint64_t faulty_disk::writes() const noexcept {
  const std::lock_guard lock(content_->guard);
  return content_->writes;
}

std::uint64_t faulty_disk::syncs() const noexcept {
  const std::lock_guard lock(content_->guard);
  return content_->syncs;
}

}  // namespace casty::testkit
