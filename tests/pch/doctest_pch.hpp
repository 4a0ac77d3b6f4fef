// Compiled once for each folder's tests: what nearly every test file includes and takes long.
// That each header names what it needs is shown by the generated self_contained files, not here.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
