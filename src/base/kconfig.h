/* The build's options and sizes (Kconfig), and the only place that asks the preprocessor about them.
 *
 * A bool that is on is defined as 1, one that is off is not defined at all; IS_ENABLED() turns both into a constant
 * 1 or 0, so that logic reads `if (IS_ENABLED(CONFIG_RSA))`, is always compiled, and costs nothing where it is off.
 */
#ifndef INKI_BASE_KCONFIG_H
#define INKI_BASE_KCONFIG_H

#include "generated/autoconf.h"

#define IS_ENABLED(option) IS_ENABLED_VALUE(option)
#define IS_ENABLED_VALUE(value) IS_ENABLED_ARGUMENTS(IS_ENABLED_SHIFT_##value)
#define IS_ENABLED_SHIFT_1 0,
#define IS_ENABLED_ARGUMENTS(shift_or_junk) IS_ENABLED_SECOND(shift_or_junk 1, 0, 0)
#define IS_ENABLED_SECOND(ignored, value, ...) value

#endif
