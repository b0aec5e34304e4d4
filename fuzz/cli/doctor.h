// The verb `doctor`: what this machine and this build have, and how to get what is missing.
#pragma once

namespace mapfuzz::cli {

int doctor();

}  // namespace mapfuzz::cli
