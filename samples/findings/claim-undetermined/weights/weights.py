# SPDX-License-Identifier: Apache-2.0
weights = [0.5, -1.25]
