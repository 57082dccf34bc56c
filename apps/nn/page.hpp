#pragma once

#include <string>

namespace apps {

/// Draws report.html from the files of a training's folder, by page.py. Says so where there is no
/// Python with matplotlib.
void write_page(const std::string& folder);

}  // namespace apps
