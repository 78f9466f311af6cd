"""What orders were bought for, and so which kind of loyal their customers are."""
